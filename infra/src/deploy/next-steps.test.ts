import { expect, test } from "vitest";
import { testFleet } from "../testing/synth.ts";
import { nextSteps } from "./next-steps.ts";
import type { ChangeAction } from "./planned-changes.ts";
import type { StackOutcome } from "./run-stack.ts";

const MONITORING = "aws_instance.monitoring";
const withMail = testFleet({ notify: { email: "ops@example.com" } });
const outcome = (action: ChangeAction | undefined, status: StackOutcome["status"] = "applied"): StackOutcome => ({
  stack: "fleet",
  status,
  changes: action === undefined ? [] : [{ address: MONITORING, type: "aws_instance", action, attributes: [] }],
  replaceable: { monitoring: MONITORING },
  outputs: {},
});
const account = (pending: readonly string[]) => ({ pendingMailSubscriptions: async () => pending });

test("a mail that nobody has confirmed is told, until it is", async () => {
  const look = (pending: readonly string[]) =>
    nextSteps({ config: withMail, account: account(pending), outcomes: [outcome(undefined, "unchanged")] });
  expect(await look(["ops@example.com"])).toEqual([
    "ops@example.com gets no alarm yet: confirm the subscription in the mail that AWS has sent.",
  ]);
  expect(await look([])).toEqual([]);
});

test.each<[string, StackOutcome, RegExp[]]>([
  ["the first one: everything is released", outcome("create"), [/npx fleet release$/]],
  [
    "one made anew: monitoring is released",
    outcome("replace"),
    [/deployed its last revision itself.*npx fleet release --only monitoring$/],
  ],
  ["one that stays: nothing", outcome("update"), []],
  ["nothing was applied: nothing", outcome("replace", "declined"), []],
])("the monitoring instance, %s", async (_what, result, steps) => {
  const next = await nextSteps({ config: testFleet(), account: account([]), outcomes: [result] });
  expect(next).toEqual(steps.map((step) => expect.stringMatching(step)));
});

test("a look that AWS refuses is a sentence, as what was deployed is deployed", async () => {
  const refusing = {
    pendingMailSubscriptions: () => Promise.reject(new Error("not authorized to sns:ListSubscriptions")),
  };
  expect(await nextSteps({ config: withMail, account: refusing, outcomes: [outcome(undefined)] })).toEqual([
    "What is left to do could not be looked up: not authorized to sns:ListSubscriptions",
  ]);
});
