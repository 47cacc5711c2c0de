import { expect, test } from "vitest";
import { createFakeClock } from "../test-support/fake-clock.ts";
import { createNoticeBook } from "./notice-book.ts";

const START_MS = 1_000_000;

function bookAt(startMs = START_MS) {
  const clock = createFakeClock(startMs);
  const book = createNoticeBook(clock);
  const note = (kind: "interruption" | "rebalance", agoSeconds = 0, handle = "h") =>
    book.note({ instance: "i-1", kind, saidAtMs: clock.nowMs() - agoSeconds * 1000 }, handle);
  return { clock, book, note };
}

test.each([
  ["the machine is gone two minutes after AWS said so", 5, 115],
  ["an event that took longer than that is over now, not before", 500, 0],
  ["AWS's clock ahead of this one gives no more than two minutes", -60, 120],
])("%s", (_rule, agoSeconds, leftSeconds) => {
  const { book, note } = bookAt();
  note("interruption", agoSeconds);
  expect(book.of("i-1")).toEqual({ kind: "interruption", goneAtMs: START_MS + leftSeconds * 1000 });
});

test("a repetition changes nothing, however late it comes", async () => {
  const { book, clock, note } = bookAt();
  expect(note("interruption")).toBe(true);
  await clock.advance(30_000);
  expect(note("interruption", 0)).toBe(false);
  expect(book.of("i-1")).toEqual({ kind: "interruption", goneAtMs: START_MS + 120_000 });
});

test("an interruption goes before a recommendation, whichever comes first", () => {
  const first = bookAt();
  expect([first.note("interruption"), first.note("rebalance")]).toEqual([true, false]);
  const second = bookAt();
  expect([second.note("rebalance"), second.note("interruption")]).toEqual([true, true]);
  for (const { book } of [first, second]) expect(book.of("i-1")?.kind).toBe("interruption");
});

test("the event is done with once its machine is gone, by the handle of its last delivery", async () => {
  const { book, clock, note } = bookAt();
  note("interruption", 0, "first");
  await clock.advance(1000);
  expect(book.settle(new Set(["i-1"]), clock.monotonicMs())).toEqual([]);
  note("interruption", 0, "second");
  expect(book.settle(new Set(), clock.monotonicMs())).toEqual([{ handle: "second", wasMember: true }]);
  expect(book.of("i-1")).toBeUndefined();
});

test("a machine of somebody else is dropped at the next look, not at one that began before", async () => {
  const { book, clock, note } = bookAt();
  note("interruption");
  expect(book.settle(new Set(["i-9"]), START_MS - 1)).toEqual([]);
  await clock.advance(1000);
  expect(book.settle(new Set(["i-9"]), clock.monotonicMs())).toEqual([{ handle: "h", wasMember: false }]);
});
