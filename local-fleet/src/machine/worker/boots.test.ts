import { expect, test } from "vitest";
import { createBoots } from "./boots.ts";

/** A boot that lasts until it is broken off. */
const untilCancelled = (cancelled: AbortSignal) =>
  new Promise<void>((resolve) => cancelled.addEventListener("abort", () => resolve(), { once: true }));

test("a boot is known until it has ended", async () => {
  const boots = createBoots();
  boots.begin("i-1", untilCancelled);
  const boot = boots.of("i-1");
  expect(boots.of("i-2")).toBeUndefined();
  boot?.cancel.abort(new Error("terminated"));
  await boot?.done;
  expect(boots.of("i-1")).toBeUndefined();
});

test("all are broken off at once, and settled when the last has ended", async () => {
  const boots = createBoots();
  const ended: string[] = [];
  for (const id of ["i-1", "i-2"])
    boots.begin(id, async (cancelled) => {
      await untilCancelled(cancelled);
      ended.push(`${id}: ${cancelled.reason.message}`);
    });
  boots.abort(new Error("the fleet is stopping"));
  await boots.settle();
  expect(ended).toEqual(["i-1: the fleet is stopping", "i-2: the fleet is stopping"]);
});
