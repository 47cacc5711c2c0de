import { createInMemoryJobRuns } from "@compose-fleet/release-aws/in-memory-job-runs";
import type { JobAsk } from "@compose-fleet/releases";
import { expect, test } from "vitest";
import { createFakeClock, settlePromises } from "../test-support/fake-clock.ts";
import { createMemoryLog } from "../test-support/memory-log.ts";
import { createSoleLeadership } from "../test-support/sole-leadership.ts";
import { fakeJobWorkers, seenWorkers } from "./fake-job-workers.ts";
import { createJobKeeper } from "./job-keeper.ts";

const START_MS = Date.parse("2026-03-01T02:50:00Z");

/** A scaler that leads, two workers, and a job of every ten minutes that takes `takesMs`. */
function fleetWith(takesMs: number, timezone = "UTC") {
  const clock = createFakeClock(START_MS, settlePromises);
  const runs = createInMemoryJobRuns();
  const workers = fakeJobWorkers(clock, ["i-1", "i-2"], takesMs);
  const said: string[] = [];
  const keeper = () =>
    createJobKeeper({
      config: {
        jobs: { tidy: { service: "web", command: ["tidy"], schedule: "*/10 * * * *", timezone, timeout: 60 } },
      },
      runs,
      workers,
      clock,
      log: createMemoryLog(),
      leadership: createSoleLeadership(),
      say: (line) => void said.push(line),
    });
  let leader = keeper();
  const states = async () =>
    (await runs.newest("tidy", 20)).map(({ id, state }) => `${id.slice(9, 13)} ${state}`).reverse();
  return {
    runs,
    workers,
    said,
    states,
    /** Ticks every 5 s. */
    pass: async (minutes: number, seen = () => workers.all()) => {
      for (let ms = 0; ms < minutes * 60_000; ms += 5_000) {
        leader.update(seenWorkers(clock.monotonicMs(), seen()));
        await clock.advance(5_000);
      }
    },
    /** Nobody leads. */
    sleep: async (minutes: number) => {
      await clock.advance(minutes * 60_000);
      leader = keeper();
    },
    ask: (change: Partial<JobAsk> = {}): Promise<void> =>
      runs.ask({
        job: "tidy",
        id: "20260301T025500Z-1",
        askId: "a",
        by: "me",
        atMs: START_MS,
        seconds: 60,
        evenIfLost: false,
        ...change,
      }),
  };
}

test("each time of its schedule it runs once", async () => {
  const fleet = fleetWith(1_000);
  await fleet.pass(25);
  expect(await fleet.states()).toEqual(["0250 scheduled", "0300 done", "0310 done"]);
  expect(fleet.workers.starts("tidy")).toEqual(["20260301T030000Z", "20260301T031000Z"]);
  expect(fleet.said).toEqual([]);
});

test("times at which nobody led are told, and not made up for", async () => {
  const fleet = fleetWith(1_000);
  await fleet.pass(12);
  await fleet.sleep(34);
  await fleet.pass(6);
  expect(await fleet.states()).toEqual(["0250 scheduled", "0300 done", "0330 missed", "0340 done"]);
  expect(fleet.said).toEqual([
    expect.stringMatching(
      /^the job tidy was not begun in time, times missed: 3, last at 2026-03-01 03:30 UTC.*fleet jobs run tidy$/,
    ),
  ]);
});

test("while it goes on, the next time is left out, and told", async () => {
  const fleet = fleetWith(12 * 60_000);
  await fleet.pass(32);
  expect(await fleet.states()).toEqual(["0250 scheduled", "0300 done", "0310 skipped", "0320 running"]);
  expect(fleet.said).toEqual([
    expect.stringMatching(/left out at 2026-03-01 03:10 UTC: 20260301T030000Z still runs on i-\d/),
  ]);
});

test("one that fails is told with its last words; asked for by hand it is told as well, and does not run beside itself", async () => {
  const fleet = fleetWith(60_000);
  fleet.workers.willEnd({ kind: "failed", words: "no table votes" });
  await fleet.pass(10.2);
  await fleet.ask({ id: "20260301T030005Z-1" });
  await fleet.pass(4);
  expect(fleet.said).toEqual([
    expect.stringMatching(/tidy \(20260301T030000Z, for schedule\) failed on i-\d: no table votes$/),
  ]);
  expect(fleet.workers.starts("tidy")).toEqual(["20260301T030000Z", "20260301T030005Z-1"]);
  expect(await fleet.runs.asked()).toEqual([]);
});

test("what failed runs again for another wish alone, as another attempt", async () => {
  const fleet = fleetWith(1_000);
  fleet.workers.willEnd({ kind: "failed", words: "no" });
  await fleet.ask();
  await fleet.pass(1);
  await fleet.ask();
  await fleet.pass(1);
  expect(fleet.workers.starts("tidy")).toEqual(["20260301T025500Z-1"]);
  await fleet.ask({ askId: "b" });
  await fleet.pass(1);
  expect(fleet.workers.starts("tidy")).toEqual(["20260301T025500Z-1", "20260301T025500Z-1.2"]);
  expect(await fleet.runs.read("tidy", "20260301T025500Z-1")).toMatchObject({ state: "done", attempt: 2 });
});

test("where the worker is gone that had begun it, it is lost; again it runs only when somebody says so", async () => {
  const fleet = fleetWith(60_000);
  await fleet.ask();
  await fleet.pass(0.5);
  const worker = (await fleet.runs.read("tidy", "20260301T025500Z-1"))?.worker ?? "";
  fleet.workers.end(worker);
  await fleet.pass(3);
  expect(await fleet.runs.read("tidy", "20260301T025500Z-1")).toMatchObject({ state: "lost" });
  expect(fleet.said).toEqual([
    expect.stringMatching(/^nobody knows whether the job tidy .* was carried out: it was begun on i-/),
  ]);
  await fleet.ask({ askId: "b" });
  await fleet.pass(1);
  expect(fleet.workers.starts("tidy")).toHaveLength(1);
  await fleet.ask({ askId: "c", evenIfLost: true });
  await fleet.pass(3);
  expect(await fleet.runs.read("tidy", "20260301T025500Z-1")).toMatchObject({ state: "done", attempt: 2 });
});

test("without a worker that serves nothing begins, until one does", async () => {
  const fleet = fleetWith(1_000);
  await fleet.ask();
  await fleet.pass(1, () => []);
  expect(fleet.workers.starts("tidy")).toEqual([]);
  await fleet.pass(1);
  expect(fleet.workers.starts("tidy")).toHaveLength(1);
});
