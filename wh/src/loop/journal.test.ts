import { expect, test } from "vitest";
import { createInMemoryState } from "../store/in-memory-state.ts";
import { createFakeClock } from "../test-support/fake-clock.ts";
import { createMemoryLog } from "../test-support/memory-log.ts";
import type { DecisionRecord } from "./decision-record.ts";
import { createJournal } from "./journal.ts";

let ids = 0;
const hold = (atMs: number, change: Partial<DecisionRecord> = {}): DecisionRecord => ({
  id: `d${++ids}`,
  tick: 1,
  atMs,
  target: "workers",
  kind: "hold",
  from: 1,
  to: 1,
  reason: { code: "steady", numbers: {} },
  receipts: [],
  ...change,
});
function journalOf(store = createInMemoryState()) {
  const clock = createFakeClock(0);
  return { clock, store, journal: createJournal({ store, clock, log: createMemoryLog() }) };
}

test("an unchanged hold is kept once a minute, a changed one at once, however the clock is set meanwhile", async () => {
  const { journal, clock } = journalOf();
  for (let atMs = 0; atMs <= 120_000; atMs += 1000) {
    journal.record(hold(atMs));
    clock.jump(atMs % 7_000 === 0 ? 1_200_000 : -600_000);
    await clock.advance(1000);
  }
  expect(journal.latest(100).map(({ atMs }) => atMs)).toEqual([120_000, 60_000, 0]);
  journal.record(hold(121_000, { reason: { code: "window-holds", numbers: {} } }));
  expect(journal.latest(1)[0]?.reason.code).toBe("window-holds");
});

test("a retried action is kept each time, with its outcome in place", () => {
  const { journal } = journalOf();
  const first = hold(0, { kind: "set-capacity", to: 2 });
  journal.record(first);
  journal.record({ ...first, outcome: { status: "failed", reason: "busy", retryable: true, atMs: 5 } });
  journal.record(hold(1000, { kind: "set-capacity", to: 2 }));
  expect(journal.latest(10).map(({ outcome }) => outcome?.status)).toEqual([undefined, "failed"]);
});

test("what is kept is written in batches, and once more after a failure", async () => {
  const store = createInMemoryState();
  const sizes: number[] = [];
  const flaky = {
    ...store,
    append: async (records: readonly DecisionRecord[]) => {
      sizes.push(records.length);
      if (sizes.length === 1) throw new Error("away");
      await store.append(records);
    },
  };
  const { journal, clock } = journalOf(flaky);
  journal.record(hold(0));
  journal.record(hold(0, { target: "replicas/i-1/a" }));
  await clock.advance(2000);
  expect(await store.recent(0, 10)).toEqual([]);
  await clock.advance(2000);
  expect(sizes).toEqual([2, 2]);
  expect(await store.recent(0, 10)).toHaveLength(2);
});

test("closing writes what waits, and never again", async () => {
  const { journal, clock, store } = journalOf();
  journal.record(hold(0));
  await journal.close();
  expect(await store.recent(0, 10)).toHaveLength(1);
  journal.record(hold(61_000));
  await clock.advance(60_000);
  expect(await store.recent(0, 10)).toHaveLength(1);
});

test("closing waits for what is being written, and writes again what could not be", async () => {
  const store = createInMemoryState();
  let fail = () => {};
  let attempts = 0;
  const slow = {
    ...store,
    append: async (records: readonly DecisionRecord[]) => {
      attempts++;
      if (attempts === 1)
        await new Promise<void>((_resolve, reject) => {
          fail = () => reject(new Error("away"));
        });
      await store.append(records);
    },
  };
  const { journal, clock } = journalOf(slow);
  journal.record(hold(0));
  await clock.advance(2000);
  const closed = journal.close();
  fail();
  await closed;
  expect([attempts, await store.recent(0, 10)]).toMatchObject([2, [{ atMs: 0 }]]);
});

test("one bad decision is told and left out, all others are stored, and it is not tried again", async () => {
  const store = createInMemoryState();
  const clock = createFakeClock(0);
  const log = createMemoryLog();
  const journal = createJournal({ store, clock, log });
  journal.record(hold(0, { from: Number.NaN, target: "replicas/i-1/a" }));
  journal.record(hold(1));
  await clock.advance(10_000);
  expect(await store.recent(0, 10)).toMatchObject([{ atMs: 1 }]);
  expect(log.lines.filter((line) => line.includes("can never be stored"))).toHaveLength(1);
});

test("the audit has what is stored and what is not yet, each once and in its newest form", async () => {
  const { journal, store } = journalOf();
  const old = hold(1, { kind: "set-capacity", to: 2 });
  await store.append([old, hold(2, { target: "replicas/i-1/a" })]);
  journal.record({ ...old, outcome: { status: "applied", atMs: 3 } });
  journal.record(hold(50, { kind: "set-capacity", to: 3 }));
  const audit = await journal.audit({ sinceMs: 0, untilMs: 50, target: "workers" }, 10);
  expect(audit.map(({ atMs, outcome }) => [atMs, outcome?.status])).toEqual([[1, "applied"]]);
  expect((await journal.audit({ sinceMs: 2, untilMs: 51 }, 10)).map(({ atMs }) => atMs)).toEqual([50, 2]);
});
