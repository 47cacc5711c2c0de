import { describe, expect, test } from "vitest";
import { type Decision, type Memory, type Observation, renderReason } from "../src/index.ts";
import { fleetConfig, missing, observe, onWorkers, Scaler, worker } from "./world.ts";

// One worker sustains 1000 requests per second.
const foreseeing = (change: Parameters<typeof fleetConfig>[0] = {}) =>
  fleetConfig({ scaling: { predictive: { enabled: true } }, ...change });

const serving = (count: number, load: number) => (seconds: number) =>
  observe(
    seconds,
    Array.from({ length: count }, (_, index) => worker(`i-${index + 1}`, load / count, 10)),
  );

/** Looks every 15 s; what was decided of the group, without repetitions. */
function told(scaler: Scaler, from: number, to: number, at: (seconds: number) => Observation): readonly string[] {
  const all: string[] = [];
  for (let seconds = from; seconds < to; seconds += 15) {
    const said = onWorkers(scaler.tick(at(seconds)));
    if (said !== all.at(-1)) all.push(said);
  }
  return all;
}

const sentence = (decisions: readonly Decision[]) => {
  const [first] = decisions;
  return first && renderReason(first.reason);
};

describe("scaling out", () => {
  test("a demand that climbs is met before it is there", () => {
    const climbing = (seconds: number) => serving(1, 400 + (seconds / 15) * 60)(seconds);
    const grownAt = (scaler: Scaler) => {
      for (let seconds = 0; seconds < 900; seconds += 15)
        if (onWorkers(scaler.tick(climbing(seconds))).startsWith("set-capacity")) return seconds;
      return Number.POSITIVE_INFINITY;
    };
    const calm = { workers: { min: 1, max: 6, target: { cpu: 0.9 } } };
    expect(grownAt(new Scaler(foreseeing(calm)))).toBeLessThanOrEqual(grownAt(new Scaler(fleetConfig(calm))) - 30);
  });

  test("a step to four times the load asks for all that it needs at once, and for half as much again until sizes are learned", () => {
    const scaler = new Scaler(foreseeing());
    told(scaler, 0, 600, serving(1, 800));
    const asked: string[] = [];
    for (let seconds = 600; seconds < 660; seconds += 5) {
      const said = onWorkers(scaler.tick(serving(1, 3200)(seconds)));
      if (said.startsWith("set-capacity")) asked.push(said);
    }
    expect(asked[0]).toBe("set-capacity 1>5 burst-needs-more");
  });

  test("a little too much has to last", () => {
    const scaler = new Scaler(foreseeing());
    told(scaler, 0, 600, serving(2, 1850));
    expect(told(scaler, 600, 690, serving(2, 1960))[0]).toBe("hold excess-small");
    expect(told(scaler, 690, 1200, serving(2, 1960)).some((said) => said.startsWith("set-capacity 2>3"))).toBe(true);
  });

  test("CPU corrects the capacity that is written: there is no second size", () => {
    const busy = (cpu: number) => (seconds: number) =>
      observe(seconds, [
        worker("i-1", 800, 10, { cpuRatio: { ok: true, value: cpu } }),
        worker("i-2", 800, 10, { cpuRatio: { ok: true, value: cpu } }),
      ]);
    expect(told(new Scaler(foreseeing()), 0, 1200, busy(0.8)).join()).not.toContain("set-capacity");
    expect(told(new Scaler(foreseeing()), 0, 1200, busy(0.98)).join()).toContain("set-capacity 2>3");
  });
});

describe("scaling in", () => {
  /** Three workers for five minutes, one for eight. */
  const waves = (seconds: number) => serving(3, seconds % 780 < 300 ? 2300 : 300)(seconds);

  test("the wait is learned, and said with its numbers", () => {
    const scaler = new Scaler(foreseeing());
    told(scaler, 0, 4 * 780 + 480, waves);
    expect(sentence(scaler.tick(waves(4 * 780 + 480)))).toMatch(
      /^keeping 3: 1 would do, but load returned within 600 s in 4 of the last 4 falls; \d+ s left$/,
    );
  });

  test("nobody leaves while the load cannot be read, and everything is waited for anew", () => {
    const scaler = new Scaler(foreseeing());
    told(scaler, 0, 60, serving(3, 2300));
    const unread = (seconds: number) => ({ ...serving(3, 300)(seconds), demand: { web: missing } });
    expect(told(scaler, 60, 1200, unread).join()).not.toContain("drain-worker");
    expect(told(scaler, 1200, 1305, serving(3, 300)).join()).not.toContain("drain-worker");
  });

  test("without anything learned it begins to leave after its first wait", () => {
    expect(told(new Scaler(foreseeing()), 0, 600, serving(3, 300)).join()).toContain("drain-worker");
  });
});

describe("what is remembered", () => {
  const day = (seconds: number) =>
    serving(3, 1500 + 900 * Math.sin((2 * Math.PI * seconds) / 86_400) + 150 * Math.sin(seconds / 100))(seconds);

  test("is a plain value: whoever reads it back decides the same", () => {
    const scaler = new Scaler(foreseeing());
    told(scaler, 0, 900, day);
    const copy = new Scaler(foreseeing());
    copy.memory = JSON.parse(JSON.stringify(scaler.memory)) as Memory;
    expect(told(copy, 900, 1800, day)).toEqual(told(scaler, 900, 1800, day));
  });

  test("is nothing while foresight is off", () => {
    const scaler = new Scaler(fleetConfig());
    told(scaler, 0, 600, day);
    expect(scaler.memory.foresight).toBeUndefined();
  });
});
