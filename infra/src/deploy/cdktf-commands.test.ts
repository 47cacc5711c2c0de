import { expect, test } from "vitest";
import { testFleet } from "../testing/synth.ts";
import { cdktfCommands, type DeployRequest } from "./cdktf-commands.ts";

const ready: DeployRequest = {
  verb: "deploy",
  stacks: ["fleet"],
  approved: false,
  hasStateBucket: true,
  hasBootstrapState: true,
};

function lines(request: Partial<DeployRequest>): readonly string[] {
  return cdktfCommands(testFleet(), { ...ready, ...request }).map(({ args, env }) =>
    [...Object.entries(env).map(([name, value]) => `${name}=${value}`), ...args].join(" "),
  );
}

test.each<[string, Partial<DeployRequest>, string[]]>([
  ["a stack by its name", {}, ["deploy test-production-fleet --skip-provider-lock"]],
  [
    "nobody is asked where consent was given",
    { approved: true },
    ["deploy test-production-fleet --auto-approve --skip-provider-lock"],
  ],
  [
    "stacks in the order in which they depend on each other",
    { stacks: ["dns", "fleet"] },
    ["deploy test-production-fleet --skip-provider-lock", "deploy test-production-dns"],
  ],
  [
    "and the other way round when they go",
    { verb: "destroy", stacks: ["bootstrap", "fleet"] },
    [
      "destroy test-production-fleet --skip-provider-lock",
      "BOOTSTRAP_STATE=local destroy test-production-bootstrap --skip-provider-lock --migrate-state",
    ],
  ],
  [
    "the first bootstrap has its state beside it, which then moves into the bucket",
    { stacks: ["bootstrap"], hasStateBucket: false, hasBootstrapState: false },
    [
      "BOOTSTRAP_STATE=local deploy test-production-bootstrap --skip-provider-lock",
      "deploy test-production-bootstrap --skip-provider-lock --migrate-state",
    ],
  ],
  [
    "one that stopped halfway goes on with the move",
    { stacks: ["bootstrap"], hasBootstrapState: false },
    ["deploy test-production-bootstrap --skip-provider-lock --migrate-state"],
  ],
  [
    "a later one has its state in the bucket",
    { stacks: ["bootstrap"] },
    ["deploy test-production-bootstrap --skip-provider-lock"],
  ],
  [
    "a look changes nothing and asks nobody",
    { verb: "diff", approved: true },
    ["diff test-production-fleet --skip-provider-lock"],
  ],
])("%s", (_rule, request, commands) => {
  expect(lines(request)).toEqual(commands);
});
