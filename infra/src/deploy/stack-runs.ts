import type { StackKind } from "../account/names.ts";
import type { BootstrapState } from "../stacks/bootstrap-stack.ts";

export type DeployVerb = "deploy" | "plan" | "destroy";

/** In the order in which they depend on each other. */
export const STACK_ORDER = ["bootstrap", "fleet", "budget", "dns"] as const satisfies readonly StackKind[];

/** One run of Terraform over a stack. */
export interface StackRun {
  readonly stack: StackKind;
  readonly verb: DeployVerb;
  /** Where the bootstrap's own state is in this run. */
  readonly bootstrapState: BootstrapState;
  /** Whether the state moves there from where it was. */
  readonly moveState: boolean;
}

export interface RunRequest {
  readonly verb: DeployVerb;
  readonly stacks: readonly StackKind[];
  readonly hasStateBucket: boolean;
  /** Whether the bootstrap's own state is in the bucket. */
  readonly hasBootstrapState: boolean;
}

/** What to run, one after the other. A bootstrap without its bucket is applied with its state beside it, which then moves in. */
export function stackRuns({ verb, stacks, hasStateBucket, hasBootstrapState }: RunRequest): readonly StackRun[] {
  const ordered = STACK_ORDER.filter((stack) => stacks.includes(stack));
  return (verb === "destroy" ? ordered.toReversed() : ordered).flatMap((stack): readonly StackRun[] => {
    const inBucket: StackRun = { stack, verb, bootstrapState: "bucket", moveState: false };
    if (stack !== "bootstrap") return [inBucket];
    const beside: StackRun = { ...inBucket, bootstrapState: "local" };
    // The bucket that is destroyed cannot hold the record of it: its state moves out first.
    if (verb === "destroy") return [{ ...beside, moveState: hasBootstrapState }];
    if (hasBootstrapState) return [inBucket];
    if (verb === "plan") return [beside];
    const moving: StackRun = { ...inBucket, moveState: true };
    // Where the bucket is there already the first run stopped halfway: its state is still beside it.
    return hasStateBucket ? [moving] : [beside, moving];
  });
}
