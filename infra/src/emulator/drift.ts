import type { Plan } from "../terraform/plan.ts";

/** What a second plan may want to change on moto although nothing was changed: moto keeps it otherwise than AWS. */
export interface AllowedDrift {
  readonly type: string;
  /** Top-level attributes, and no other. */
  readonly attributes: readonly string[];
  readonly why: string;
}

/** Changes that nothing allowed explains, each as its address and attributes. */
export function unexplainedDrift(plan: Plan, allowed: readonly AllowedDrift[]): readonly string[] {
  return (plan.resource_changes ?? []).flatMap(({ address, type, change }) => {
    if (change.actions.every((action) => action === "no-op" || action === "read")) return [];
    const explanations = allowed.filter((drift) => drift.type === type);
    const known = explanations.flatMap(({ attributes }) => attributes);
    const strange = changedAttributes(change.before ?? {}, change.after ?? {}).filter((name) => !known.includes(name));
    // Also where no known value differs: something would come, go or be replaced.
    const isWhole = !change.actions.includes("update") && explanations.length === 0;
    return strange.length > 0 || isWhole ? [`${address} (${change.actions.join(", ")}: ${strange.join(", ")})`] : [];
  });
}

/** Attributes with another value. What only the apply will know is in neither. */
function changedAttributes(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly string[] {
  return Object.keys(after).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}
