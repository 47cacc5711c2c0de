import type { FleetConfig } from "@compose-fleet/policy";
import { type StackKind, stackName } from "../names.ts";

/** One run of the cdktf command line. */
export interface CdktfCommand {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface DeployRequest {
  readonly verb: "deploy" | "diff" | "destroy";
  /** In the order in which they are deployed. */
  readonly stacks: readonly StackKind[];
  /** Whether nobody is asked for consent. */
  readonly approved: boolean;
  readonly hasStateBucket: boolean;
  /** Whether the bootstrap's own state is in the bucket. */
  readonly hasBootstrapState: boolean;
}

/** In the order in which they depend on each other. */
export const STACK_ORDER = ["bootstrap", "fleet", "budget", "dns"] as const satisfies readonly StackKind[];

/** What to run, one after the other. A bootstrap without its bucket is applied with its state beside it, which then moves in. */
export function cdktfCommands(config: FleetConfig, request: DeployRequest): readonly CdktfCommand[] {
  const { verb, approved, hasStateBucket, hasBootstrapState } = request;
  const ordered = STACK_ORDER.filter((stack) => request.stacks.includes(stack));
  const stacks = verb === "destroy" ? ordered.toReversed() : ordered;
  const consent = approved && verb !== "diff" ? ["--auto-approve"] : [];
  return stacks.flatMap((stack) => {
    // The sums of AWS's provider are committed: cdktf would fetch it for another platform to write them once more.
    const lock = stack === "dns" ? [] : ["--skip-provider-lock"];
    const command: CdktfCommand = { args: [verb, stackName(config, stack), ...consent, ...lock], env: {} };
    if (stack !== "bootstrap") return [command];
    const local: CdktfCommand = { ...command, env: { BOOTSTRAP_STATE: "local" } };
    // The bucket that is destroyed cannot hold the record of it: its state moves out first.
    if (verb === "destroy") return [{ ...local, args: [...local.args, "--migrate-state"] }];
    if (hasBootstrapState) return [command];
    if (verb === "diff") return [local];
    const moving: CdktfCommand = { ...command, args: [...command.args, "--migrate-state"] };
    // Where the bucket is there already the first run stopped halfway: its state is still beside it.
    return hasStateBucket ? [moving] : [local, moving];
  });
}
