import { expect, test } from "vitest";
import { listenersOf, whileLeading } from "./listener.ts";
import type { TickResult } from "./tick-result.ts";

test("a further listener is one more in the list, and hears after those before it", () => {
  const heard: string[] = [];
  const listener = (name: string) => ({ onTick: ({ number }: TickResult) => void heard.push(`${name} ${number}`) });
  const all = listenersOf([listener("first"), {}, listener("fake")]);
  all.onTick({ number: 7 } as TickResult);
  all.onOutcome({} as never, { status: "applied" });
  expect(heard).toEqual(["first 7", "fake 7"]);
});

test("one that acts hears nothing while another scaler leads", () => {
  const heard: boolean[] = [];
  const { onTick } = listenersOf([whileLeading(({ isStandby }) => void heard.push(isStandby))]);
  for (const isStandby of [true, false]) onTick({ isStandby } as TickResult);
  expect(heard).toEqual([false]);
});
