import type { Plan } from "../terraform/plan.ts";

/** Characters of a value, enough to see in what it differs. */
const BRIEF = 60;

/** What a plan would change, each as its address, actions and attributes, from what to what; empty where an apply would do nothing. */
export function changesOf(plan: Plan): readonly string[] {
  return (plan.resource_changes ?? []).flatMap(({ address, change: { actions, before, after } }) => {
    if (actions.every((action) => action === "no-op" || action === "read")) return [];
    return [`${address} (${actions.join(", ")}: ${changedAttributes(before ?? {}, after ?? {}).join(", ")})`];
  });
}

/** Attributes with another value. What only the apply will know is in neither. */
function changedAttributes(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly string[] {
  return Object.keys(after)
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .map((name) => `${name} ${brief(before[name])} → ${brief(after[name])}`);
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > BRIEF ? `${text.slice(0, BRIEF)}…` : text;
}
