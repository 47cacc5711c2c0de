import type { StackKind } from "../account/names.ts";
import type { BootstrapState } from "../stacks/bootstrap-stack.ts";
import { type Terraform, TerraformError } from "../terraform/terraform.ts";
import { createApplyProgress } from "./apply-progress.ts";
import type { Interrupts } from "./interrupts.ts";
import { changesAnything, type PlannedChange, plannedChanges, summaryLines } from "./planned-changes.ts";
import type { StackRun } from "./stack-runs.ts";
import { lockInMessage, lockSentence } from "./state-lock.ts";
import { REPLACEABLE, type Replaceable, type Synthesized } from "./synthesized.ts";

export interface RunStackDeps {
  readonly synthesize: (bootstrapState: BootstrapState) => Synthesized;
  /** Terraform in the folder of a stack; `onLine` hears the log of `apply`. */
  readonly terraformIn: (folder: string, stack: StackKind, onLine: (line: string) => void) => Terraform;
  readonly say: (line: string) => void;
  /** Whether somebody consents. Rejects with `InterruptedError`. */
  readonly consents: (question: string) => Promise<boolean>;
  readonly interrupts: Pick<Interrupts, "check">;
  /** Called with consent and before Terraform destroys the bootstrap: S3 deletes no bucket that has something in it. */
  readonly emptyStateBucket: () => Promise<void>;
}

/** How a run ended. */
export interface StackOutcome {
  readonly stack: StackKind;
  readonly status: "unchanged" | "planned" | "applied" | "declined";
  readonly changes: readonly PlannedChange[];
  /** Terraform's addresses of what can be made anew in this stack. */
  readonly replaceable: Readonly<Partial<Record<Replaceable, string>>>;
  /** Of a stack that is there after this run. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/**
 * One run of Terraform over a stack: init, plan, summary, consent, apply of that very plan, which is removed afterwards. Rejects with `TerraformError`,
 * whose words for a lock are ours, and with `InterruptedError`.
 */
export async function runStack(
  deps: RunStackDeps,
  { stack, verb, bootstrapState, moveState }: StackRun,
  replace: readonly Replaceable[] = [],
): Promise<StackOutcome> {
  const { say, interrupts } = deps;
  interrupts.check();
  const synthesized = deps.synthesize(bootstrapState);
  let onLine = (_line: string) => {};
  const terraform = deps.terraformIn(synthesized.folder(stack), stack, (line) => onLine(line));
  const replaceable = Object.fromEntries(
    (Object.keys(REPLACEABLE) as Replaceable[])
      .filter((what) => REPLACEABLE[what].stack === stack)
      .map((what) => [what, synthesized.addressOf(what)]),
  ) as StackOutcome["replaceable"];
  const addresses = replace.flatMap((what) => replaceable[what] ?? []);
  try {
    say(`${stack}: terraform init${moveState ? ", its state moves" : ""}`);
    await terraform.init({ moveState });
    interrupts.check();
    say(`${stack}: terraform plan`);
    const { plan } = await terraform.plan({ destroy: verb === "destroy", replace: addresses });
    interrupts.check();
    const changes = plannedChanges(plan);
    for (const line of summaryLines(changes)) say(line);
    const outcome = async (status: StackOutcome["status"]) => ({
      stack,
      status,
      changes,
      replaceable,
      outputs: verb === "deploy" && status !== "declined" ? await terraform.outputs() : {},
    });
    if (verb === "plan") return await outcome("planned");
    if (!changesAnything(plan)) return await outcome("unchanged");
    if (!(await deps.consents(questionOf(stack, verb)))) return await outcome("declined");
    interrupts.check();
    if (verb === "destroy" && stack === "bootstrap") await deps.emptyStateBucket();
    say(`${stack}: terraform apply`);
    onLine = createApplyProgress(stepsOf(changes), say);
    await terraform.apply();
    return await outcome("applied");
  } catch (error) {
    interrupts.check();
    const lock = error instanceof TerraformError ? lockInMessage(error.message) : undefined;
    throw lock === undefined ? error : new TerraformError(lockSentence(lock, stack));
  } finally {
    terraform.discardPlan();
  }
}

function questionOf(stack: StackKind, verb: StackRun["verb"]): string {
  return verb === "destroy" ? `Destroy the stack ${stack}?` : `Apply this to the stack ${stack}?`;
}

function stepsOf(changes: readonly PlannedChange[]): number {
  return changes.reduce((sum, { action }) => sum + (action === "replace" ? 2 : 1), 0);
}
