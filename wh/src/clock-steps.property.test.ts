import fc from "fast-check";
import request from "supertest";
import { expect, test } from "vitest";
import { payload } from "./test-support/notifications.ts";
import { ALERTS_TOKEN, API_TOKEN, createWorld } from "./test-support/world.ts";

/** A minute of the world: its load, what people and alerts ask for, and by how much somebody sets the machine's clock. */
interface Minute {
  readonly requestsPerSecond: number;
  readonly asks: "nothing" | "pause" | "pin" | "test alert";
  readonly isBlind: boolean;
  readonly jumpMs: number;
}

const HOUR_MS = 3_600_000;
const jumpMs = fc.oneof(
  fc.constantFrom(20 * 60_000, -20 * 60_000, 2 * HOUR_MS, -2 * HOUR_MS),
  fc.integer({ min: -24 * HOUR_MS, max: 24 * HOUR_MS }),
);
const minute: fc.Arbitrary<Minute> = fc.record({
  requestsPerSecond: fc.constantFrom(0, 10, 200, 650, 1500, 3000),
  asks: fc.oneof(
    { weight: 4, arbitrary: fc.constant("nothing" as const) },
    { weight: 3, arbitrary: fc.constantFrom("pause" as const, "pin" as const, "test alert" as const) },
  ),
  isBlind: fc.boolean(),
  jumpMs,
});

/** Everything that was done to the fleet, with its time; with or without the clock being set. */
async function live(minutes: readonly Minute[], isClockSet: boolean): Promise<readonly string[]> {
  const world = createWorld();
  const startMs = world.clock.monotonicMs();
  const done: string[] = [];
  const note = () => {
    for (const call of world.calls.splice(0)) done.push(`${world.clock.monotonicMs() - startMs} ${call}`);
  };
  const override = (body: object) =>
    request(world.wh.app).post("/api/overrides").set("authorization", `Bearer ${API_TOKEN}`).send(body).expect(201);
  await world.wh.start();
  await world.clock.advance(30_000);
  for (const [index, { requestsPerSecond, asks, isBlind, jumpMs: byMs }] of minutes.entries()) {
    world.requestsPerSecond = requestsPerSecond;
    world.prometheusIsUp = !isBlind;
    if (asks === "pause") await override({ kind: "pause", reason: "test", forSeconds: 150 });
    if (asks === "pin") await override({ kind: "pin-workers", workers: 3, reason: "test", forSeconds: 150 });
    if (asks === "test alert") {
      const endsAt = new Date(world.clock.nowMs() + 40_000).toISOString();
      const labels = { alertname: "HighCPU", scale: "instances", direction: "up", fleet_test: "true" };
      const body = payload(labels, { status: "firing", endsAt, fingerprint: `test${index}` });
      await request(world.wh.app).post("/alerts").set("authorization", `Bearer ${ALERTS_TOKEN}`).send(body).expect(202);
    }
    for (let part = 0; part < 12; part++) {
      if (isClockSet && part === 5) world.clock.jump(byMs);
      await world.clock.advance(5_000);
      note();
    }
  }
  world.prometheusIsUp = true;
  for (let part = 0; part < 75; part++) {
    await world.clock.advance(10_000);
    note();
  }
  await world.wh.stop();
  return done;
}

test("however the machine's clock is set, forwards or back, the scaler does the same at the same time", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(minute, { minLength: 1, maxLength: 4 }), async (minutes) => {
      expect(await live(minutes, true)).toEqual(await live(minutes, false));
    }),
    { numRuns: 8 },
  );
}, 120_000);
