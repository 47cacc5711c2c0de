import { expect, test } from "vitest";
import { createSignalBook, SIGNAL_FORGET_MS, type SignalNews } from "../src/signals/signal-book.ts";

const news = (
  id: string,
  status: "firing" | "resolved" = "firing",
  change: { endsAtMs?: number; kind?: "alert" | "test" } = {},
): SignalNews => ({
  signal: { id, kind: change.kind ?? "alert", scale: "containers", direction: "up" },
  name: "HighRequestRate",
  status,
  ...(change.endsAtMs === undefined ? {} : { endsAtMs: change.endsAtMs }),
});

/** A book that was told `batches`, each at its time in ms; tells the ids active at a time. */
function told(...batches: readonly (readonly [atMs: number, ...SignalNews[]])[]) {
  const book = createSignalBook();
  for (const [atMs, ...items] of batches) book.apply(items, atMs);
  return (atMs: number) => book.active(atMs).map(({ signal }) => signal.id);
}

test("firing begins a signal, resolved ends it", () => {
  expect(told([1000, news("a"), news("b")])(1000)).toEqual(["a", "b"]);
  expect(told([1000, news("a"), news("b")], [2000, news("a", "resolved")])(2000)).toEqual(["b"]);
});

test("resolved without firing before changes nothing", () => {
  expect(told([1000, news("a", "resolved")])(1000)).toEqual([]);
});

test("a repeat renews the signal and makes no second one", () => {
  expect(told([0, news("a")], [SIGNAL_FORGET_MS - 1, news("a")])(SIGNAL_FORGET_MS + 1000)).toEqual(["a"]);
});

test("a signal not repeated for five minutes is forgotten", () => {
  const active = told([0, news("a")]);
  expect(active(SIGNAL_FORGET_MS - 1)).toEqual(["a"]);
  expect(active(SIGNAL_FORGET_MS)).toEqual([]);
});

test("a signal ends at its own end", () => {
  const active = told([0, news("a", "firing", { endsAtMs: 5000 })]);
  expect(active(4999)).toEqual(["a"]);
  expect(active(5000)).toEqual([]);
});

test("the book is bounded, the oldest go", () => {
  const active = told([0, ...Array.from({ length: 1500 }, (_, index) => news(`s${index}`))])(0);
  expect([active.length, active[0], active.at(-1)]).toEqual([1000, "s500", "s1499"]);
});

test("a test alert that ended is not begun again by a copy that comes late; an ordinary one is", () => {
  const late = (kind: "alert" | "test") =>
    told(
      [0, news("a", "firing", { kind })],
      [1000, news("a", "resolved", { kind })],
      [2000, news("a", "firing", { kind })],
    )(2000);
  expect(late("test")).toEqual([]);
  expect(late("alert")).toEqual(["a"]);
});
