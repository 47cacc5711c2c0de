import fc from "fast-check";
import { expect, test } from "vitest";
import { InterruptedError, pollUntil, systemClock } from "./index.ts";

/** A clock on which nothing passes but sleep, and looks that take `lookMs`. */
function world(lookMs = 0) {
  let nowMs = 1_000;
  let looks = 0;
  return {
    clock: {
      nowMs: () => nowMs,
      sleep: async (ms: number) => {
        nowMs += ms;
      },
    },
    looks: () => looks,
    look: (answer: (look: number) => string | undefined) => () => {
      looks += 1;
      nowMs += lookMs;
      return answer(looks);
    },
  };
}

test("what is there at once is returned without waiting", async () => {
  const { clock, look, looks } = world();
  expect(
    await pollUntil(
      look(() => "it"),
      { clock, everyMs: 100, limitMs: 0 },
    ),
  ).toBe("it");
  expect([looks(), clock.nowMs()]).toEqual([1, 1_000]);
});

test("whatever the times, what comes within the limit is found, and waiting ends soon after it", async () => {
  const ms = fc.integer({ min: 1, max: 5_000 });
  await fc.assert(
    fc.asyncProperty(ms, ms, ms, fc.integer({ min: 0, max: 500 }), async (everyMs, limitMs, comesAfterMs, lookMs) => {
      const { clock, look } = world(lookMs);
      const comesAtMs = clock.nowMs() + comesAfterMs;
      const found = await pollUntil(
        look(() => (clock.nowMs() >= comesAtMs ? "it" : undefined)),
        {
          clock,
          everyMs,
          limitMs,
        },
      );
      const tookMs = clock.nowMs() - 1_000;
      if (comesAfterMs <= limitMs) expect(found).toBe("it");
      expect(tookMs).toBeLessThanOrEqual(limitMs + everyMs + 2 * lookMs);
    }),
  );
});

test("a slow look is not the last one before the limit", async () => {
  const { clock, look, looks } = world(900);
  await pollUntil(
    look(() => undefined),
    { clock, everyMs: 100, limitMs: 1_000 },
  );
  expect(looks()).toBe(2);
});

test("a stop ends it after a look, and what was found counts", async () => {
  const { clock, look } = world();
  const options = { clock, everyMs: 100, limitMs: 1_000, stop: AbortSignal.abort() };
  await expect(
    pollUntil(
      look(() => undefined),
      options,
    ),
  ).rejects.toBeInstanceOf(InterruptedError);
  expect(
    await pollUntil(
      look(() => "it"),
      options,
    ),
  ).toBe("it");
});

test("a stop ends a long sleep", async () => {
  const stop = new AbortController();
  const waiting = pollUntil(() => undefined, {
    clock: systemClock,
    everyMs: 60_000,
    limitMs: 60_000,
    stop: stop.signal,
  });
  stop.abort();
  await expect(waiting).rejects.toBeInstanceOf(InterruptedError);
});

test("a look that fails is not tried again", async () => {
  const { clock } = world();
  const failing = pollUntil(() => Promise.reject(new Error("away")), { clock, everyMs: 1, limitMs: 1_000 });
  await expect(failing).rejects.toThrow("away");
});
