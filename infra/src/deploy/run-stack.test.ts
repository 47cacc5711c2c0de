import { expect, test } from "vitest";
import type { Plan } from "../terraform/plan.ts";
import { type PlanOptions, type Terraform, TerraformError } from "../terraform/terraform.ts";
import { InterruptedError } from "./interrupts.ts";
import { type RunStackDeps, runStack } from "./run-stack.ts";
import type { StackRun } from "./stack-runs.ts";

const NEW: Plan = {
  resource_changes: [
    { address: "aws_vpc.a", mode: "managed", type: "aws_vpc", change: { actions: ["create"], after: {} } },
    { address: "aws_eip.b", mode: "managed", type: "aws_eip", change: { actions: ["delete", "create"] } },
  ],
};
const SAME: Plan = { resource_changes: [] };
const fleet: StackRun = { stack: "fleet", verb: "deploy", bootstrapState: "bucket", moveState: false };

interface Arranged {
  readonly plan?: Plan;
  readonly consent?: boolean;
  readonly fail?: Partial<Record<"init" | "plan" | "apply", Error>>;
  readonly interruptedAfter?: string;
}

/** Terraform that does what is said, everything that was done with it, and what was told. */
function arrange({ plan = NEW, consent = true, fail = {}, interruptedAfter }: Arranged) {
  const did: string[] = [];
  const said: string[] = [];
  let hear = (_line: string) => {};
  const step = (name: "init" | "plan" | "apply", words: string) => {
    did.push(words);
    const error = fail[name];
    if (error !== undefined) throw error;
  };
  const terraform: Terraform = {
    init: async (options) => step("init", options?.moveState ? "init, moving" : "init"),
    validate: async () => [],
    plan: async ({ destroy = false, replace = [] }: PlanOptions = {}) => {
      step("plan", ["plan", ...(destroy ? ["destroy"] : []), ...replace].join(" "));
      return { plan, diagnostics: [] };
    },
    apply: async () => {
      hear('{"type":"apply_complete","hook":{"resource":{"addr":"aws_vpc.a"},"action":"create","elapsed_seconds":1}}');
      step("apply", "apply");
      return [];
    },
    discardPlan: () => void did.push("discard"),
    outputs: async () => ({ name: "x" }),
    stateList: async () => [],
    stateText: async () => "",
  };
  const deps: RunStackDeps = {
    synthesize: (state) => {
      did.push(`synth ${state}`);
      return { folder: (stack) => `/out/${stack}`, addressOf: (what) => `aws_instance.${what}` };
    },
    terraformIn: (_folder, _stack, onLine) => {
      hear = onLine;
      return terraform;
    },
    say: (line) => said.push(line),
    consents: async (question) => {
      did.push(question);
      return consent;
    },
    interrupts: {
      check: () => {
        if (interruptedAfter !== undefined && did.includes(interruptedAfter)) throw new InterruptedError("SIGINT");
      },
    },
    emptyStateBucket: async () => void did.push("empty the bucket"),
  };
  return { deps, did, said };
}

test("what is applied is the plan that was shown and consented to, and it does not stay", async () => {
  const { deps, did, said } = arrange({});
  const outcome = await runStack(deps, fleet);
  expect(did).toEqual(["synth bucket", "init", "plan", "Apply this to the stack fleet?", "apply", "discard"]);
  expect(said).toContain("1 to create, 1 to make anew");
  // A resource made anew is two steps.
  expect(said).toContain("[1/3] aws_vpc.a created (1 s)");
  expect(outcome).toMatchObject({ stack: "fleet", status: "applied", outputs: { name: "x" } });
});

test.each<[string, Arranged, Partial<StackRun>, string, string[]]>([
  ["nothing to do asks nobody", { plan: SAME }, {}, "unchanged", ["synth bucket", "init", "plan", "discard"]],
  ["a look asks nobody", {}, { verb: "plan" }, "planned", ["synth bucket", "init", "plan", "discard"]],
  [
    "without consent nothing is applied",
    { consent: false },
    {},
    "declined",
    ["synth bucket", "init", "plan", "Apply this to the stack fleet?", "discard"],
  ],
  [
    "the bucket is emptied with consent only, and once its own state has moved out",
    {},
    { stack: "bootstrap", verb: "destroy", bootstrapState: "local", moveState: true },
    "applied",
    [
      "synth local",
      "init, moving",
      "plan destroy",
      "Destroy the stack bootstrap?",
      "empty the bucket",
      "apply",
      "discard",
    ],
  ],
  [
    "and not without it",
    { consent: false },
    { stack: "bootstrap", verb: "destroy", bootstrapState: "local", moveState: true },
    "declined",
    ["synth local", "init, moving", "plan destroy", "Destroy the stack bootstrap?", "discard"],
  ],
  [
    "the bucket stays when another stack goes",
    {},
    { verb: "destroy" },
    "applied",
    ["synth bucket", "init", "plan destroy", "Destroy the stack fleet?", "apply", "discard"],
  ],
])("%s", async (_rule, arranged, run, status, steps) => {
  const { deps, did } = arrange(arranged);
  expect((await runStack(deps, { ...fleet, ...run })).status).toBe(status);
  expect(did).toEqual(steps);
});

test("what is to be made anew is named to Terraform, in its own stack only", async () => {
  const inFleet = arrange({});
  await runStack(inFleet.deps, fleet, ["monitoring"]);
  expect(inFleet.did).toContain("plan aws_instance.monitoring");
  const elsewhere = arrange({});
  await runStack(elsewhere.deps, { ...fleet, stack: "budget" }, ["monitoring"]);
  expect(elsewhere.did).toContain("plan");
});

test.each([
  ["init", ["synth bucket", "init", "discard"]],
  ["plan", ["synth bucket", "init", "plan", "discard"]],
  ["Apply this to the stack fleet?", ["synth bucket", "init", "plan", "Apply this to the stack fleet?", "discard"]],
])("interrupted during %s: nothing after it begins, and no plan stays", async (interruptedAfter, steps) => {
  const { deps, did } = arrange({ interruptedAfter });
  await expect(runStack(deps, fleet)).rejects.toThrow(InterruptedError);
  expect(did).toEqual(steps);
});

test("an apply that fails because it was interrupted is an interruption", async () => {
  const { deps } = arrange({
    interruptedAfter: "apply",
    fail: { apply: new TerraformError("terraform apply failed") },
  });
  await expect(runStack(deps, fleet)).rejects.toThrow(InterruptedError);
});

test("a lock that came after the look is a sentence with what to do", async () => {
  const words =
    "error: Error acquiring the state lock: 412 Lock Info: ID: 7ab Operation: OperationTypeApply Who: ann@laptop Created: 2026-01-01 00:00:00.1 +0000 UTC";
  const { deps } = arrange({ fail: { plan: new TerraformError(words) } });
  await expect(runStack(deps, fleet)).rejects.toThrow(
    /^ann@laptop has held the state of fleet since 2026-01-01 .*terraform force-unlock 7ab/,
  );
});

test.each(["init", "plan", "apply"] as const)(
  "another failure of %s keeps Terraform's words, and no plan stays",
  async (step) => {
    const { deps, did } = arrange({ fail: { [step]: new TerraformError(`terraform ${step} failed: why`) } });
    await expect(runStack(deps, fleet)).rejects.toThrow(`terraform ${step} failed: why`);
    expect(did.at(-1)).toBe("discard");
  },
);
