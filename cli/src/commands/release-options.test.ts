import { Command } from "commander";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ReleaseOptions } from "../release/release-options.ts";
import { releaseOptionsOf, withPlaceOptions } from "./release-options.ts";

beforeEach(() => {
  vi.stubEnv("FLEET_FILE", "stage.yaml");
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** What the subcommand `status` is asked for. */
async function optionsOf(...args: string[]): Promise<ReleaseOptions> {
  let found: ReleaseOptions = {};
  const status = withPlaceOptions(new Command("status")).action((_options, command: Command) => {
    found = releaseOptionsOf(command);
  });
  await withPlaceOptions(new Command("release")).addCommand(status).parseAsync(args, { from: "user" });
  return found;
}

test.each([
  ["the environment names the file of a fleet on AWS, as for npm run deploy", [], "stage.yaml"],
  ["what is said wins over the environment", ["--fleet", "mine.yaml"], "mine.yaml"],
  ["a local fleet has its own file, whatever the environment says", ["--local"], undefined],
  ["one that is named is local, too", ["--name", "demo"], undefined],
  ["what is said counts for a local fleet as well", ["--local", "--fleet", "mine.yaml"], "mine.yaml"],
])("%s", async (_rule, args, fleet) => {
  expect((await optionsOf("status", ...args)).fleet).toBe(fleet);
});
