import { LifecycleState } from "@aws-sdk/client-auto-scaling";
import { expect, test } from "vitest";
import { memberStateOf } from "./lifecycle-state.ts";

const SERVING = new Set<string>(["InService"]);
const PENDING = new Set<string>(["Pending", "Pending:Wait", "Pending:Proceed"]);
const LEAVING = new Set<string>(["Terminating", "Terminating:Wait", "Terminating:Proceed", "Terminated"]);

test.each(Object.values(LifecycleState))("every state of AWS has its place: %s", (lifecycle) => {
  const { state, isLaunching = false } = memberStateOf(lifecycle);
  const expected = SERVING.has(lifecycle)
    ? "in-service"
    : PENDING.has(lifecycle)
      ? "pending"
      : LEAVING.has(lifecycle)
        ? "terminating"
        : "aside";
  expect([state, isLaunching]).toEqual([expected, PENDING.has(lifecycle)]);
});

test.each(["Novel", "", undefined, "constructor"])(
  "one that nobody knows is no capacity and may be counted: %s",
  (lifecycle) => {
    expect(memberStateOf(lifecycle)).toEqual({ state: "aside", mayCount: true });
  },
);

test.each(["Standby", "Warmed:Running", "Warmed:Stopped", "Terminating:Retained", "Detached"])(
  "one that is kept and not counted stands aside: %s",
  (lifecycle) => {
    expect(memberStateOf(lifecycle)).toEqual({ state: "aside" });
  },
);
