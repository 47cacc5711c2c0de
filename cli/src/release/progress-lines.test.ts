import type { DeploymentTarget } from "@compose-fleet/releases";
import { expect, test } from "vitest";
import { progressLines, progressText } from "./progress-lines.ts";

const target = (status: string, ...events: readonly (readonly [name: string, status: string, logTail?: string])[]) =>
  ({
    targetId: "i-1",
    status,
    lifecycleEvents: events.map(([lifecycleEventName, state, logTail]) => ({
      lifecycleEventName,
      status: state,
      ...(logTail === undefined ? {} : { diagnostics: { message: "exit code 1", logTail } }),
    })),
  }) satisfies DeploymentTarget;

test.each<[rule: string, before: DeploymentTarget[], after: DeploymentTarget[], lines: string[]]>([
  ["an event that ended is a line", [], [target("InProgress", ["Install", "Succeeded"])], ["  i-1  Install: ok"]],
  [
    "once",
    [target("InProgress", ["Install", "Succeeded"])],
    [target("InProgress", ["Install", "Succeeded"], ["AfterInstall", "InProgress"])],
    [],
  ],
  [
    "a hook that failed shows the end of what it said",
    [target("InProgress", ["AfterInstall", "InProgress"])],
    [target("Failed", ["AfterInstall", "Failed", "[stdout]pulling\n\n[stderr]no such image\n"])],
    ["  i-1  AfterInstall: FAILED: exit code 1", "      [stdout]pulling", "      [stderr]no such image"],
  ],
  [
    "a machine that is done is a line",
    [target("InProgress", ["ValidateService", "InProgress"])],
    [target("Succeeded", ["ValidateService", "Succeeded"])],
    ["  i-1  ValidateService: ok", "  i-1  is at the revision"],
  ],
  ["so is one that was left out", [target("Pending")], [target("Skipped")], ["  i-1  was skipped"]],
])("%s", (_rule, before, after, lines) => {
  expect(progressLines(before, after)).toEqual(lines);
});

test("of a long log the end is shown", () => {
  const log = Array.from({ length: 40 }, (_, line) => `[stderr]${line}`).join("\n");
  const lines = progressLines([], [target("Failed", ["AfterInstall", "Failed", log])]);
  expect(lines).toHaveLength(13);
  expect(lines.at(-1)).toBe("      [stderr]39");
});

test("what goes on is said in a few words", () => {
  const done = { targetId: "i-0", status: "Succeeded" };
  expect(progressText([done, target("InProgress", ["Install", "InProgress"])])).toBe("1 of 2 done, i-1 Install");
  expect(progressText([done])).toBe("1 of 1 done");
});
