import type { Plan, ResourceChange } from "../terraform/plan.ts";

export type ChangeAction = "create" | "update" | "replace" | "delete";

/** What a plan does to one resource. */
export interface PlannedChange {
  readonly address: string;
  readonly type: string;
  readonly action: ChangeAction;
  /** Names of what changes, or of what makes it necessary to make the resource anew. Values are not told: some are secret. */
  readonly attributes: readonly string[];
}

/** Resources that hold what nobody can make again. */
const HOLDS_DATA: ReadonlySet<string> = new Set(["aws_dynamodb_table", "aws_ebs_volume", "aws_s3_bucket"]);

const SIGNS: Readonly<Record<ChangeAction, string>> = { create: "+", update: "~", replace: "±", delete: "-" };
const ORDER = ["create", "update", "replace", "delete"] as const;
const WORDS: Readonly<Record<ChangeAction, string>> = {
  create: "to create",
  update: "to change",
  replace: "to make anew",
  delete: "to destroy",
};

/** What the plan would do, in Terraform's order. */
export function plannedChanges({ resource_changes: changes = [] }: Plan): readonly PlannedChange[] {
  return changes.flatMap((resource) => {
    const action = actionOf(resource);
    return action === undefined
      ? []
      : [{ address: resource.address, type: resource.type, action, attributes: attributesOf(resource, action) }];
  });
}

/** Whether an apply would record anything: outputs change also where no resource does. */
export function changesAnything(plan: Plan): boolean {
  const outputs = Object.values(plan.output_changes ?? {});
  return plannedChanges(plan).length > 0 || outputs.some(({ actions }) => actions.some((action) => action !== "no-op"));
}

/** The changes for a reader: a line each, then their numbers. */
export function summaryLines(changes: readonly PlannedChange[]): readonly string[] {
  if (changes.length === 0) return ["no resource changes"];
  const counts = ORDER.flatMap((action) => {
    const count = changes.filter((change) => change.action === action).length;
    return count === 0 ? [] : [`${count} ${WORDS[action]}`];
  });
  return [...changes.map(line), counts.join(", ")];
}

function line({ address, type, action, attributes }: PlannedChange): string {
  const what = attributes.length === 0 ? "" : `: ${attributes.join(", ")}`;
  const warning =
    (action === "replace" || action === "delete") && HOLDS_DATA.has(type) ? "  (its data goes with it)" : "";
  return `  ${SIGNS[action]} ${address}${what}${warning}`;
}

function actionOf({ mode, change: { actions } }: ResourceChange): ChangeAction | undefined {
  if (mode !== "managed") return undefined;
  if (actions.includes("create") && actions.includes("delete")) return "replace";
  return ORDER.find((action) => action !== "replace" && actions.includes(action));
}

function attributesOf(resource: ResourceChange, action: ChangeAction): readonly string[] {
  const { before, after, after_unknown: unknown, replace_paths: paths = [] } = resource.change;
  if (action === "replace") {
    const forced = [...new Set(paths.map(([first]) => String(first)))];
    return forced.length === 0 && resource.action_reason === "replace_by_request" ? ["asked for"] : forced;
  }
  if (action !== "update") return [];
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {}), ...Object.keys(unknown ?? {})]);
  return [...names].filter(
    (name) => hasUnknown(unknown?.[name]) || JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]),
  );
}

/** Terraform marks what only the apply will know, however deep it lies. */
function hasUnknown(mark: unknown): boolean {
  if (typeof mark !== "object" || mark === null) return mark === true;
  return Object.values(mark).some(hasUnknown);
}
