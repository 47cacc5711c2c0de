import { expect, test } from "vitest";
import { readSynthRequest } from "./synth-request.ts";

const plain = { fleetFile: "fleet.yaml", account: undefined, bootstrapState: "bucket" };

test.each([
  ["nothing", {}, plain],
  ["variables that are empty, where that means no other fleet", { FLEET_ACCOUNT: "", BOOTSTRAP_STATE: "" }, plain],
  [
    "all",
    { FLEET_FILE: "a.yaml", FLEET_ACCOUNT: "012345678901", BOOTSTRAP_STATE: "local" },
    { fleetFile: "a.yaml", account: "012345678901", bootstrapState: "local" },
  ],
  ["a short account", { FLEET_ACCOUNT: "1234" }, expect.stringMatching(/^FLEET_ACCOUNT is "1234": write .* 12 digits/)],
  ["a state spelt otherwise", { BOOTSTRAP_STATE: "Local" }, expect.stringMatching(/is "Local": write local or bucket/)],
])("%s", (_what, env, expected) => {
  expect(readSynthRequest(env)).toEqual(expected);
});
