import { createInMemoryJobRuns } from "@compose-fleet/release-aws/in-memory-job-runs";
import { BEFORE_RELEASE, type JobAsk, type JobRuns } from "@compose-fleet/releases";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Mandate } from "../leader/ports.ts";
import { createFakeClock, type FakeClock, settlePromises } from "../test-support/fake-clock.ts";
import { createMemoryLog } from "../test-support/memory-log.ts";
import { fakeJobWorkers, seenWorkers } from "./fake-job-workers.ts";
import { createJobKeeper } from "./job-keeper.ts";
import type { JobWorkers } from "./ports.ts";

const START_MS = Date.parse("2026-03-01T02:58:00Z");
const REVISION = "0123456789ab-ba9876543210";
/** What the lease takes to go from one that is silent to the other. */
const TAKE_OVER_MS = 15_000;

/** One of the two: from `diesAtMs` on nothing of it goes on, wherever it was; a call that it had sent may arrive all the same. */
interface Trouble {
  readonly diesAtMs: number;
  readonly isOnlyFrozenForMs: number;
  readonly lastCallArrives: boolean;
}

const trouble: fc.Arbitrary<Trouble> = fc.record({
  diesAtMs: fc.integer({ min: 0, max: 40_000 }),
  isOnlyFrozenForMs: fc.constantFrom(0, 0, 20_000, 45_000),
  lastCallArrives: fc.boolean(),
});

/** Everything that a scaler calls outside, as it is when the scaler is killed, or stopped for a while, at any moment. */
function behind<T extends object>(
  calls: T,
  clock: FakeClock,
  { diesAtMs, isOnlyFrozenForMs, lastCallArrives }: Trouble,
): T {
  const isOut = () => {
    const sinceMs = clock.nowMs() - START_MS - diesAtMs;
    return sinceMs >= 0 && (isOnlyFrozenForMs === 0 || sinceMs < isOnlyFrozenForMs);
  };
  const untilBack = () =>
    new Promise<void>((resolve) => {
      if (isOnlyFrozenForMs > 0) clock.after(START_MS + diesAtMs + isOnlyFrozenForMs - clock.nowMs(), resolve);
    });
  const wrapped = Object.entries(calls).map(([name, call]) => [
    name,
    async (...given: unknown[]) => {
      if (isOut() && !lastCallArrives) await untilBack();
      await new Promise<void>((resolve) => clock.after(40, resolve));
      const answer = await call(...given);
      if (isOut()) await untilBack();
      return answer;
    },
  ]);
  return Object.fromEntries(wrapped) as T;
}

function scaler(
  name: number,
  world: { readonly clock: FakeClock; readonly runs: JobRuns; readonly workers: ReturnType<typeof fakeJobWorkers> },
  leads: { readonly fromMs: number; readonly toMs: number },
  its: Trouble | undefined,
  say: (line: string) => void,
) {
  const { clock } = world;
  const isAlive = () => its === undefined || its.isOnlyFrozenForMs > 0 || clock.nowMs() - START_MS < its.diesAtMs;
  const mandate = (): Mandate => {
    const atMs = clock.nowMs() - START_MS;
    return atMs >= leads.fromMs && atMs < leads.toMs && isAlive() ? "everything" : "nothing";
  };
  let counter = 0;
  const keeper = createJobKeeper({
    config: {
      jobs: {
        nightly: { service: "web", command: ["tidy"], schedule: "0 3 * * *", timezone: "UTC", timeout: 60 },
      },
    },
    runs: its === undefined ? world.runs : behind(world.runs, clock, its),
    workers: its === undefined ? world.workers : behind<JobWorkers>({ run: world.workers.run }, clock, its),
    clock,
    log: createMemoryLog(),
    leadership: { mandate, nextFence: () => name * 1_000_000 + ++counter },
    say,
  });
  const tick = () => {
    if (mandate() === "everything") keeper.update(seenWorkers(clock.monotonicMs(), world.workers.all()));
    clock.after(5_000, tick);
  };
  clock.after(500 * name, tick);
}

async function live(
  its: Trouble,
  at: { readonly askMs: number; readonly askAgainMs: number; readonly drainMs: number; readonly takesMs: number },
) {
  const clock = createFakeClock(START_MS, settlePromises);
  const runs = createInMemoryJobRuns();
  const workers = fakeJobWorkers(clock, ["i-1", "i-2", "i-3"], at.takesMs);
  const said: string[] = [];
  const takeOverMs = its.diesAtMs + TAKE_OVER_MS;
  scaler(1, { clock, runs, workers }, { fromMs: 0, toMs: takeOverMs }, its, (line) => said.push(line));
  scaler(2, { clock, runs, workers }, { fromMs: takeOverMs, toMs: Number.POSITIVE_INFINITY }, undefined, (line) =>
    said.push(line),
  );
  const ask = (askId: string): JobAsk => ({
    job: BEFORE_RELEASE,
    id: REVISION,
    askId,
    by: "me",
    atMs: clock.nowMs(),
    seconds: 60,
    revision: { bucket: "b", key: `workers/${REVISION}.tgz` },
    evenIfLost: false,
  });
  // Two people release the same revision; a worker begins to drain.
  clock.after(at.askMs, () => void runs.ask(ask("first")));
  clock.after(at.askAgainMs, () => void runs.ask(ask("second")));
  clock.after(at.drainMs, () => workers.drain("i-1"));
  await clock.advance(200_000);
  return { runs, workers, said };
}

test("whoever of two scalers is killed, or stands still, wherever it is: a revision's jobs run exactly once, and so does the tick of a schedule", async () => {
  const times = fc.record({
    askMs: fc.integer({ min: 0, max: 30_000 }),
    askAgainMs: fc.integer({ min: 0, max: 60_000 }),
    drainMs: fc.integer({ min: 0, max: 60_000 }),
    takesMs: fc.integer({ min: 100, max: 40_000 }),
  });
  await fc.assert(
    fc.asyncProperty(trouble, times, async (its, at) => {
      const { runs, workers } = await live(its, at);
      expect(await runs.read(BEFORE_RELEASE, REVISION)).toMatchObject({ state: "done" });
      expect(workers.starts(BEFORE_RELEASE)).toEqual([REVISION]);
      // 3 o'clock is two minutes after the start.
      expect(workers.starts("nightly")).toEqual(["20260301T030000Z"]);
      expect(await runs.asked()).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test("nor does a run start twice where its worker is gone as well: then it is lost, and told", async () => {
  await fc.assert(
    fc.asyncProperty(trouble, fc.integer({ min: 0, max: 60_000 }), async (its, goneMs) => {
      const clock = createFakeClock(START_MS, settlePromises);
      const runs = createInMemoryJobRuns();
      const workers = fakeJobWorkers(clock, ["i-1", "i-2"], 10_000);
      const said: string[] = [];
      const takeOverMs = its.diesAtMs + TAKE_OVER_MS;
      const world = { clock, runs, workers };
      scaler(1, world, { fromMs: 0, toMs: takeOverMs }, its, (line) => said.push(line));
      scaler(2, world, { fromMs: takeOverMs, toMs: Number.POSITIVE_INFINITY }, undefined, (line) => said.push(line));
      const [job, id] = [BEFORE_RELEASE, REVISION];
      await runs.ask({ job, id, askId: "a", by: "me", atMs: START_MS, seconds: 60, evenIfLost: false });
      clock.after(goneMs, () => workers.end("i-1"));
      await clock.advance(300_000);
      const run = await runs.read(job, id);
      expect(workers.starts(job).length).toBeLessThanOrEqual(1);
      expect(["done", "lost"]).toContain(run?.state);
      if (run?.state === "done") expect(workers.starts(job)).toEqual([id]);
    }),
    { numRuns: 50 },
  );
});
