import { expect, test } from "vitest";
import { type DecideOutput, type DemandHistory, decide, emptyMemory } from "../src/index.ts";
import { fleetConfig, observe, worker } from "./world.ts";

const DAY = 86_400;
const NINE = 9 * 3600;
const FIVE = 17 * 3600;
/** One worker sustains 1000 requests per second: a night needs one, a day three. */
const demandAt = (seconds: number) => (seconds % DAY >= NINE && seconds % DAY < FIVE ? 2500 : 300);

const history: DemandHistory = {
  services: {
    web: Array.from({ length: 8 * 1440 }, (_, minute) => ({
      atMs: (2 * 1440 + minute + 1) * 60_000,
      value: demandAt(2 * DAY + minute * 60),
    })),
  },
};
const config = fleetConfig({ scaling: { predictive: { enabled: true } } });

/** Plays the ninth day from `from` to `to`: workers boot for 90 s. Times in seconds of the day, and the workers that serve then. */
function play(from: number, to: number, workers: number): readonly { readonly at: number; readonly serve: number }[] {
  const start = 10 * DAY + from - DAY;
  const servesFrom = Array.from({ length: workers }, () => 0);
  let memory = emptyMemory(start * 1000);
  const looks: { at: number; serve: number }[] = [];
  // The history ends where the play begins.
  const known = { services: { web: (history.services.web ?? []).filter(({ atMs }) => atMs <= start * 1000) } };
  for (let at = start; at < start + to - from; at += 15) {
    const serve = servesFrom.filter((since) => since <= at).length;
    const there = servesFrom.map((since, index) => ({
      ...worker(`i-${index + 1}`, demandAt(at) / serve, 10),
      ...(since > at && { state: "pending" as const, isLaunching: true }),
    }));
    const observation = { ...observe(at, there), demand: { web: { ok: true as const, value: demandAt(at) } } };
    const output: DecideOutput = decide({
      config,
      observation,
      signals: [],
      overrides: [],
      memory,
      inFlight: new Set(),
      history: known,
    });
    memory = output.memory;
    for (const decision of output.decisions)
      if (decision.kind === "set-capacity") while (servesFrom.length < decision.to) servesFrom.push(at + 90);
    looks.push({ at: at % DAY, serve });
  }
  return looks;
}

test("a daily square wave is met before it comes: three serve at nine o'clock, which only the days before can tell", () => {
  const looks = play(NINE - 600, NINE + 300, 1);
  expect(looks[0]?.serve).toBe(1);
  expect(looks.filter(({ at }) => at >= NINE).every(({ serve }) => serve >= 3)).toBe(true);
  expect(looks.filter(({ at }) => at < NINE - 300).every(({ serve }) => serve === 1)).toBe(true);
});
