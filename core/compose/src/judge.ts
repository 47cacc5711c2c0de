import { type KeyRule, type RuleContext, recordsOf } from "./rule.ts";

/** What somebody should know about one key. */
export interface Remark {
  /** Such as `services.web.ports`. */
  readonly path: string;
  readonly message: string;
}

export const UNKNOWN_KEY = "unknown key: remove it, or check its spelling";

/** Faults keep a service from running here; notes are only said. */
export interface Judgement {
  readonly faults: readonly Remark[];
  readonly notes: readonly Remark[];
}

/** Goes through a mapping by a list of rules. `withValues`: whether the values are as compose reads them, so that they can be looked at, too. Pure. */
export function judge(
  rules: readonly KeyRule[],
  mapping: Readonly<Record<string, unknown>>,
  prefix: string,
  context: RuleContext,
  withValues: boolean,
): Judgement {
  const byKey = new Map(rules.map((rule) => [rule.key, rule]));
  const faults: Remark[] = [];
  const notes: Remark[] = [];
  for (const [key, value] of Object.entries(mapping)) {
    if (key.startsWith("x-") || isNothing(value)) continue;
    const rule = byKey.get(key);
    const path = `${prefix}${key}`;
    if (rule === undefined) {
      faults.push({ path, message: UNKNOWN_KEY });
      continue;
    }
    const fault = withValues ? rule.refuses?.(value, context) : undefined;
    if (fault !== undefined) faults.push({ path, message: fault });
    else if (rule.verdict === "refused") faults.push({ path, message: rule.says });
    else if (rule.verdict === "ignored") notes.push({ path, message: `ignored: ${rule.says}` });
    else if (rule.verdict === "told") notes.push({ path, message: rule.says });
  }
  if (withValues) notes.push(...machineMounts(mapping, prefix, context));
  return { faults, notes };
}

/** Compose says what is not set as null, false, or an empty list or mapping. */
function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

function machineMounts(mapping: Readonly<Record<string, unknown>>, prefix: string, { look }: RuleContext): Remark[] {
  return recordsOf(mapping.volumes)
    .filter(({ type, source }) => type === "bind" && typeof source === "string" && look(source) === "machine")
    .map(({ source }) => ({
      path: `${prefix}volumes`,
      message: `${String(source)} is the machine's own: nothing ships it, and it must be there on every worker`,
    }));
}
