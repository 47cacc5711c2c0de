import { parseArgs } from "node:util";
import type { StackKind } from "../account/names.ts";
import { type DeployVerb, STACK_ORDER } from "./stack-runs.ts";
import { REPLACEABLE, type Replaceable } from "./synthesized.ts";

/** What somebody asked of `npm run deploy`. */
export interface DeployRequest {
  readonly verb: DeployVerb;
  readonly stacks: readonly StackKind[];
  readonly replace: readonly Replaceable[];
  /** Whether nobody is asked for consent. */
  readonly approved: boolean;
  readonly json: boolean;
}

const options = {
  plan: { type: "boolean", default: false },
  destroy: { type: "boolean", default: false },
  replace: { type: "string", multiple: true },
  yes: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

/** Reads the command line; a string is what is wrong with it. Throws Node's `ERR_PARSE_ARGS…` for options that there are none of. */
export function readDeployRequest(args: readonly string[], hasTerminal: boolean): DeployRequest | string {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const { plan, destroy, yes, json } = values;
  const stacks = positionals.length === 0 ? (["fleet"] as const) : positionals.filter(isStack);
  const strangers = positionals.filter((name) => !isStack(name));
  if (strangers.length > 0) return `Got ${strangers.join(", ")}: the stacks are ${STACK_ORDER.join(", ")}.`;
  if (plan && destroy) return "Got --plan and --destroy: choose one.";
  const named = values.replace ?? [];
  const strange = named.filter((what) => !isReplaceable(what));
  if (strange.length > 0)
    return `Got --replace ${strange.join(", ")}: what can be made anew is ${Object.keys(REPLACEABLE).join(", ")}. Workers are replaced by an instance refresh (docs/operate.md).`;
  const replace = [...new Set(named.filter(isReplaceable))];
  const idle = replace.filter((what) => destroy || !stacks.includes(REPLACEABLE[what].stack));
  if (idle.length > 0)
    return `Got --replace ${idle.join(", ")}: it is for deploying or planning the stack ${idle.map((what) => REPLACEABLE[what].stack).join(", ")}.`;
  if (!plan && !yes && !hasTerminal)
    return "There is no terminal to ask at, and nothing was changed: say --yes, or look with --plan.";
  return { verb: destroy ? "destroy" : plan ? "plan" : "deploy", stacks, replace, approved: yes, json };
}

function isStack(name: string): name is StackKind {
  return STACK_ORDER.some((known) => known === name);
}

function isReplaceable(name: string): name is Replaceable {
  return Object.hasOwn(REPLACEABLE, name);
}
