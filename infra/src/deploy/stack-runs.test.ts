import { expect, test } from "vitest";
import { type RunRequest, stackRuns } from "./stack-runs.ts";

const ready: RunRequest = { verb: "deploy", stacks: ["fleet"], hasStateBucket: true, hasBootstrapState: true };

test.each<[string, Partial<RunRequest>, string[]]>([
  ["a stack by its name", {}, ["deploy fleet, state in the bucket"]],
  [
    "stacks in the order in which they depend on each other",
    { stacks: ["dns", "fleet"] },
    ["deploy fleet, state in the bucket", "deploy dns, state in the bucket"],
  ],
  [
    "and the other way round when they go",
    { verb: "destroy", stacks: ["bootstrap", "fleet"] },
    ["destroy fleet, state in the bucket", "destroy bootstrap, state moves to local"],
  ],
  [
    "one whose state has moved out already moves nothing",
    { verb: "destroy", stacks: ["bootstrap"], hasBootstrapState: false },
    ["destroy bootstrap, state in the local"],
  ],
  [
    "the first bootstrap has its state beside it, which then moves into the bucket",
    { stacks: ["bootstrap"], hasStateBucket: false, hasBootstrapState: false },
    ["deploy bootstrap, state in the local", "deploy bootstrap, state moves to bucket"],
  ],
  [
    "one that stopped halfway goes on with the move",
    { stacks: ["bootstrap"], hasBootstrapState: false },
    ["deploy bootstrap, state moves to bucket"],
  ],
  ["a later one has its state in the bucket", { stacks: ["bootstrap"] }, ["deploy bootstrap, state in the bucket"]],
  [
    "a look moves nothing",
    { verb: "plan", stacks: ["bootstrap"], hasStateBucket: false, hasBootstrapState: false },
    ["plan bootstrap, state in the local"],
  ],
])("%s", (_rule, request, lines) => {
  expect(
    stackRuns({ ...ready, ...request }).map(
      ({ verb, stack, bootstrapState, moveState }) =>
        `${verb} ${stack}, state ${moveState ? "moves to" : "in the"} ${bootstrapState}`,
    ),
  ).toEqual(lines);
});
