import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createFakeClock } from "../test-support/fake-clock.ts";
import { createMemoryLog } from "../test-support/memory-log.ts";
import { type Channel, DeliveryError } from "./channel.ts";
import { createOutbox } from "./outbox.ts";
import { splitText } from "./split-text.ts";

/** An outbox over a channel whose answers come in turn, the last one for ever; what arrives is kept with its second. */
function outboxOf(answers: readonly (Error | undefined)[], channel: Partial<Channel> = {}) {
  const clock = createFakeClock(0);
  const log = createMemoryLog();
  const arrived: string[] = [];
  let asked = 0;
  const send = async (text: string) => {
    const answer = answers[Math.min(asked++, answers.length - 1)];
    if (answer) throw answer;
    arrived.push(`${clock.monotonicMs() / 1000} ${text}`);
  };
  const outbox = createOutbox({ name: "people", send, ...channel }, { clock, log });
  const put = (text: string, isImportant = false) => outbox.put({ text, isImportant });
  return { clock, log, arrived, outbox, put, asked: () => asked };
}
const later = (retryAfterMs?: number) => new DeliveryError("answered 429", { isRetryable: true, retryAfterMs });
const never = new DeliveryError("answered 400", { isRetryable: false });

describe("a message that is refused", () => {
  test("for now is sent again after 1, 2, 4 … s, and the order is kept", async () => {
    const { clock, arrived, put } = outboxOf([later(), later(), undefined]);
    for (const text of ["a", "b", "c"]) put(text);
    await clock.advance(60_000);
    expect(arrived).toEqual(["3 a", "4 b", "5 c"]);
  });

  test("with a time to wait is sent again then, not earlier", async () => {
    const { clock, arrived, put, asked } = outboxOf([later(40_000), undefined]);
    put("a");
    await clock.advance(39_999);
    expect(asked()).toBe(1);
    await clock.advance(1);
    expect(arrived).toEqual(["40 a"]);
  });

  test("for good is dropped, and the next one says so", async () => {
    const { clock, arrived, put, asked } = outboxOf([never, never, undefined]);
    for (const text of ["a", "b", "c", "d"]) put(text);
    await clock.advance(60_000);
    expect(arrived).toEqual(["2 c\n(2 earlier messages were not delivered)", "3 d"]);
    expect(asked()).toBe(4);
  });

  test("for half an hour is given up; the channel is asked about once a minute", async () => {
    const { clock, arrived, put, asked, log } = outboxOf([later()]);
    put("a");
    await clock.advance(2 * 60 * 60_000);
    expect(arrived).toEqual([]);
    expect(asked()).toBeGreaterThan(20);
    expect(asked()).toBeLessThan(45);
    expect(log.lines.at(-1)).toMatch(/not delivered /);
  });
});

test("too many make those go first that matter less, and the count is told", async () => {
  const answers: (Error | undefined)[] = [later(600_000), undefined];
  const { clock, arrived, put } = outboxOf(answers);
  put("first");
  for (let index = 0; index < 200; index++) put(`${index}`, index % 10 === 0);
  await clock.advance(30 * 60_000);
  const texts = arrived.map((line) => line.replace(/^\S+ /, ""));
  expect(texts).toHaveLength(50);
  expect(texts.filter((text) => /^\d*0(\n|$)/.test(text))).toHaveLength(20);
  expect(texts[1]).toMatch(/^0\n\(151 earlier messages were not delivered\)$/);
  const numbers = texts.slice(1).map((text) => Number.parseInt(text, 10));
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
});

test("flushing tries each once more at once, and waits for none of them longer than told", async () => {
  const { arrived, put, outbox } = outboxOf([later(600_000), undefined]);
  for (const text of ["a", "b"]) put(text);
  await outbox.flush(5_000);
  expect(arrived).toEqual(["0 a", "0 b"]);
  const silent = outboxOf([], { send: () => new Promise(() => {}) });
  silent.put("a");
  let isOver = false;
  void silent.outbox.flush(5_000).then(() => {
    isOver = true;
  });
  await silent.clock.advance(5_000);
  expect(isOver).toBe(true);
});

const character = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 4 }),
  fc.constantFrom("\n", "&", "<", "😀"),
);
const anyText = fc.array(character, { maxLength: 300 }).map((parts) => parts.join(""));

test("any text is split into parts within the limit, at characters, and nothing is lost", () => {
  const widthOf = (one: string) => (one === "&" ? 5 : one === "<" ? 4 : one.length);
  fc.assert(
    fc.property(anyText, fc.integer({ min: 8, max: 100 }), (text, limit) => {
      const parts = splitText(text, { limit, widthOf });
      for (const part of parts) {
        expect([...part].reduce((sum, one) => sum + widthOf(one), 0)).toBeLessThanOrEqual(limit);
        expect(/[\ud800-\udfff]/u.test(part)).toBe(false);
        expect(part.trim()).not.toBe("");
      }
      const solid = (value: string) => value.replace(/\s/g, "");
      expect(solid(parts.join(""))).toBe(solid(text));
    }),
  );
});

test("whatever a channel answers, what arrives is in order, each at most once, and all that does not is told as not delivered", async () => {
  const answer = fc.constantFrom(undefined, undefined, later(), later(5_000), never, new Error("broken"));
  await fc.assert(
    fc.asyncProperty(fc.array(answer, { maxLength: 30 }), fc.integer({ min: 1, max: 20 }), async (answers, count) => {
      const { clock, arrived, put } = outboxOf([...answers, undefined]);
      for (let index = 0; index < count; index++) put(`message ${index}`);
      await clock.advance(30 * 60_000);
      // One of these is delivered, whatever was to be answered before.
      const closing = answers.length + 1;
      for (let index = 0; index < closing; index++) put("closing");
      await clock.advance(30 * 60_000);
      const numbers = arrived.flatMap((line) => /message (\d+)/.exec(line)?.[1] ?? []).map(Number);
      expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
      const told = arrived.reduce((sum, line) => sum + Number(/\((\d+) earlier/.exec(line)?.[1] ?? 0), 0);
      expect(arrived.length + told).toBe(count + closing);
    }),
    { numRuns: 50 },
  );
});
