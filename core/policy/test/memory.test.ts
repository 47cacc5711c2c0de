import { expect, test } from "vitest";
import { fleetConfig, observe, Scaler, worker } from "./world.ts";

const HOUR = 3600;

/** Every number, text and key of a plain value. */
function sizeOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  return Object.values(value).reduce<number>((sum, each) => sum + sizeOf(each), 1);
}

/** Three workers, one of which is another every hour; load that comes and goes, with a burst now and then. */
function day(seconds: number) {
  const hour = Math.floor(seconds / HOUR);
  const burst = seconds % 2700 < 120 ? 600 : 0;
  const load = 1500 + 900 * Math.sin(seconds / 5000) + 80 * Math.sin(seconds / 47) + burst;
  const ids = ["i-a", "i-b", `i-${hour}`];
  return observe(
    seconds,
    ids.map((id) => worker(id, load / ids.length, 10)),
  );
}

test.each([false, true])(
  "what is remembered after a day is no more than after its first hours (foresight: %s)",
  (enabled) => {
    const scaler = new Scaler(fleetConfig({ scaling: { predictive: { enabled } } }));
    const sizes: number[] = [];
    for (let seconds = 0; seconds < 24 * HOUR; seconds += 45) {
      scaler.tick(day(seconds));
      if (seconds % HOUR === 0) sizes.push(sizeOf(scaler.memory));
    }
    const early = Math.max(...sizes.slice(3, 8));
    expect(Math.max(...sizes.slice(18))).toBeLessThanOrEqual(1.1 * early);
  },
);
