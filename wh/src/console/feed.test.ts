import type { LookAnswer } from "@compose-fleet/wh-api";
import { describe, expect, test } from "vitest";
import { createFakeClock } from "../test-support/fake-clock.ts";
import { createFeed } from "./feed.ts";

function createScene() {
  const clock = createFakeClock();
  const looks: (number | undefined)[] = [];
  const slow = { byMs: 0, fails: false };
  const feed = createFeed({
    clock,
    refresh: async () => false,
    look: async (sinceMs) => {
      looks.push(sinceMs);
      if (slow.byMs > 0) await new Promise<void>((resolve) => clock.after(slow.byMs, resolve));
      if (slow.fails) throw new Error("the table is away");
      return { nowMs: clock.nowMs(), isWhole: sinceMs === undefined } as LookAnswer;
    },
  });
  const watch = () => {
    const seen = { sent: [] as string[], keepsUp: true, mayWatch: true, ended: false };
    const leave = feed.add({
      send: (bytes) => {
        if (seen.keepsUp)
          seen.sent.push(`${bytes}`.replace(/^event: ([\w-]+)\n[\s\S]*?("isWhole":\w+)?[^"]*\n\n$/, "$1 $2"));
        return seen.keepsUp;
      },
      mayWatch: () => seen.mayWatch,
      end: () => {
        seen.ended = true;
      },
    });
    return Object.assign(seen, { leave });
  };
  return { clock, feed, looks, slow, watch };
}

const whole = 'look "isWhole":true';
const news = 'look "isWhole":false';

describe("who watches", () => {
  test("gets a whole look, then what is new, and a beat while nothing is", async () => {
    const { clock, feed, watch } = createScene();
    const seen = watch();
    await clock.advance(300);
    feed.changed();
    await clock.advance(300);
    await clock.advance(5_000);
    expect(seen.sent.map((event) => event.trim())).toEqual([whole, news, "beat"]);
  });

  test("changes that come together are one look, written once for all", async () => {
    const { clock, feed, looks, watch } = createScene();
    const seen = Array.from({ length: 20 }, watch);
    await clock.advance(300);
    looks.length = 0;
    for (let change = 0; change < 100; change++) feed.changed();
    await clock.advance(300);
    expect(looks).toHaveLength(1);
    for (const { sent } of seen) expect(sent).toEqual([whole, news]);
  });

  test("one who does not keep up holds nobody up, and gets a whole look once they do", async () => {
    const { clock, feed, watch } = createScene();
    const [slow, quick] = [watch(), watch()];
    await clock.advance(300);
    slow.keepsUp = false;
    feed.changed();
    await clock.advance(300);
    expect([slow.sent, quick.sent]).toEqual([[whole], [whole, news]]);
    slow.keepsUp = true;
    feed.changed();
    await clock.advance(300);
    expect([slow.sent, quick.sent]).toEqual([
      [whole, whole],
      [whole, news, news],
    ]);
  });

  test("never sees an older look after a newer one, however long looking takes", async () => {
    const { clock, feed, looks, slow, watch } = createScene();
    const seen = watch();
    await clock.advance(300);
    slow.byMs = 3_000;
    looks.length = 0;
    for (let change = 0; change < 7; change++) {
      feed.changed();
      await clock.advance(400);
    }
    expect([looks.length, seen.sent]).toEqual([1, [whole]]);
    await clock.advance(4_000);
    expect(looks).toHaveLength(2);
    expect(seen.sent.filter((event) => event === news)).toHaveLength(2);
  });

  test("gets a whole look after one has failed, which harms nobody else", async () => {
    const { clock, feed, slow, watch } = createScene();
    const seen = watch();
    await clock.advance(300);
    slow.fails = true;
    feed.changed();
    await clock.advance(300);
    slow.fails = false;
    await clock.advance(5_500);
    expect(seen.sent.map((event) => event.trim())).toEqual([whole, "beat", whole]);
  });

  test("gets a whole look after somebody has set the machine's clock", async () => {
    const { clock, feed, watch } = createScene();
    const seen = watch();
    await clock.advance(300);
    clock.jump(-3_600_000);
    feed.changed();
    await clock.advance(300);
    expect(seen.sent).toEqual([whole, whole]);
  });

  test("is told when their session ends, and hears no more", async () => {
    const { clock, feed, watch } = createScene();
    const seen = watch();
    await clock.advance(300);
    seen.mayWatch = false;
    await clock.advance(5_000);
    expect([seen.sent.map((event) => event.trim()), seen.ended]).toEqual([[whole, "signed-out"], true]);
    expect(feed.watchers()).toBe(0);
  });

  test("costs nothing once they have left", async () => {
    const { clock, feed, looks, watch } = createScene();
    const { leave } = watch();
    await clock.advance(300);
    leave();
    looks.length = 0;
    feed.changed();
    await clock.advance(60_000);
    expect(looks).toEqual([]);
  });
});

test("there is room for 64", () => {
  const { feed, watch } = createScene();
  for (let page = 0; page < 64; page++) watch();
  expect(feed.hasRoom()).toBe(false);
});
