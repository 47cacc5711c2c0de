import { expect, test } from "vitest";
import { type DecideInput, situationOf } from "../src/decide.ts";
import { hold } from "../src/rules/hold.ts";
import { firstThatSpeaks, type Rule } from "../src/rules/rule.ts";
import { workerRules } from "../src/workers/decide-workers.ts";
import { type WorkersSituation, workersSituation } from "../src/workers/workers-situation.ts";
import { observe, Scaler, worker } from "./world.ts";

const atNight: Rule<WorkersSituation> = {
  name: "atNight",
  says: "Between midnight and one nothing happens.",
  decide: (situation) =>
    situation.observation.atMs % 86_400_000 < 3_600_000
      ? hold(situation, { code: "paused", numbers: { by: "night" } })
      : undefined,
};

function codeAt(seconds: number): string {
  const { config, memory } = new Scaler();
  const observation = observe(seconds, [worker("i-1", 2000, 10)]);
  const input: DecideInput = { config, observation, memory, signals: [], overrides: [], inFlight: new Set() };
  const situation = situationOf(input);
  if (!situation.observation.group.ok) throw new Error("unreadable");
  const list = { ...workerRules, rules: [atNight, ...workerRules.rules] };
  return firstThatSpeaks(list, workersSituation(situation, situation.observation.group.value)).decision.reason.code;
}

test("a further rule is a file and a line: it speaks where it stands, and leaves the rest to the others", () => {
  expect(codeAt(10)).toBe("paused");
  expect(codeAt(4000)).toBe("load-needs-more");
});
