import { expect, test } from "vitest";
import { createFakeClock } from "../test-support/fake-clock.ts";
import { createMemoryLog } from "../test-support/memory-log.ts";
import { createAnnouncer } from "./announcer.ts";

function announcerOf(send?: (text: string) => Promise<void>) {
  const clock = createFakeClock(0);
  const log = createMemoryLog();
  const sent: string[] = [];
  const channels = [
    { name: "broken", send: send ?? (async () => {}) },
    { name: "good", send: async (text: string) => void sent.push(`${clock.nowMs()} ${text}`) },
  ];
  return { clock, log, sent, announcer: createAnnouncer({ channels, clock, log, title: "fleet demo" }) };
}

test("lines said close together are one message", async () => {
  const { clock, sent, announcer } = announcerOf();
  announcer.say("a");
  announcer.say("b");
  await clock.advance(5000);
  expect(sent).toEqual(["2000 fleet demo:\na\nb"]);
});

test("messages keep ten seconds apart, and nothing is lost between", async () => {
  const { clock, sent, announcer } = announcerOf();
  announcer.say("a");
  await clock.advance(3000);
  announcer.say("b");
  await clock.advance(1000);
  announcer.say("c");
  await clock.advance(60_000);
  expect(sent).toEqual(["2000 fleet demo:\na", "12000 fleet demo:\nb\nc"]);
});

test("a flood is cut and counted", async () => {
  const { clock, sent, announcer } = announcerOf();
  for (let index = 0; index < 100; index++) announcer.say(`line ${index}`);
  await clock.advance(2000);
  expect(sent[0]).toMatch(/line 19\nand 80 more$/);
});

test("a broken or silent channel delays no other", async () => {
  const broken = announcerOf(() => Promise.reject(new Error("Telegram answered 500")));
  const silent = announcerOf(() => new Promise(() => {}));
  for (const { clock, sent, announcer } of [broken, silent]) {
    announcer.say("a");
    await clock.advance(2000);
    expect(sent).toHaveLength(1);
  }
  expect(broken.log.lines.join()).toContain("Telegram answered 500");
});

test("in a flood trouble is kept, and news go", async () => {
  const { clock, sent, announcer } = announcerOf();
  for (let index = 0; index < 30; index++) announcer.say(`news ${index}`);
  for (let index = 0; index < 5; index++) announcer.say(`trouble ${index}`, "trouble");
  await clock.advance(2000);
  expect(sent[0]).toMatch(/news 14\ntrouble 0\n(.*\n)*trouble 4\nand 15 more$/);
});

test("a line is cut at a character, and has nothing in it that no channel takes", async () => {
  const { clock, sent, announcer } = announcerOf();
  announcer.say(`\ud83d\u0000${"😀".repeat(2000)}`);
  await clock.advance(2000);
  expect(sent[0]).toMatch(/^2000 fleet demo:\n\ufffd (😀)+…$/u);
});
