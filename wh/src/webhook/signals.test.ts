import { expect, test } from "vitest";
import { applyNews, expireSignals, SIGNAL_FORGET_MS, type SignalNews } from "./signals.ts";

const news = (id: string, status: "firing" | "resolved" = "firing", endsAtMs?: number): SignalNews => ({
  signal: { id, kind: "alert", scale: "containers", direction: "up" },
  name: "HighRequestRate",
  status,
  ...(endsAtMs === undefined ? {} : { endsAtMs }),
});
const ids = (book: object) => Object.keys(book);

test("firing begins a signal, resolved ends it", () => {
  const book = applyNews({}, [news("a"), news("b")], 1000);
  expect(ids(book)).toEqual(["a", "b"]);
  expect(ids(applyNews(book, [news("a", "resolved")], 2000))).toEqual(["b"]);
});

test("resolved without firing before changes nothing", () => {
  expect(applyNews({}, [news("a", "resolved")], 1000)).toEqual({});
});

test("a repeat renews the signal and makes no second one", () => {
  const book = applyNews(applyNews({}, [news("a")], 0), [news("a")], SIGNAL_FORGET_MS - 1);
  expect(ids(expireSignals(book, SIGNAL_FORGET_MS + 1000))).toEqual(["a"]);
});

test("a signal not repeated for five minutes is forgotten", () => {
  const book = applyNews({}, [news("a")], 0);
  expect(ids(expireSignals(book, SIGNAL_FORGET_MS - 1))).toEqual(["a"]);
  expect(ids(expireSignals(book, SIGNAL_FORGET_MS))).toEqual([]);
});

test("a signal ends at its own end", () => {
  const book = applyNews({}, [news("a", "firing", 5000)], 0);
  expect(ids(expireSignals(book, 4999))).toEqual(["a"]);
  expect(ids(expireSignals(book, 5000))).toEqual([]);
});

test("the book is bounded, the oldest go", () => {
  const many = Array.from({ length: 1500 }, (_, index) => news(`s${index}`));
  const book = applyNews({}, many, 0);
  expect(ids(book)).toHaveLength(1000);
  expect(book.s499).toBeUndefined();
  expect(book.s1499).toBeDefined();
});
