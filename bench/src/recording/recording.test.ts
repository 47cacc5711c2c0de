import { expect, test } from "vitest";
import { animatedSvg } from "./animated-svg.ts";
import { recordScreen } from "./screen.ts";

const playback = { columns: 20, rows: 4, speed: 2, fps: 2, restSeconds: 1 };

test("a terminal is recorded as it shows what is written over and what scrolls away", async () => {
  let now = 100;
  const screen = recordScreen({ columns: 20, rows: 3 }, () => now);
  screen.write("one\ntwo\n");
  now = 200;
  screen.write("\u001b[1A\r\u001b[Jthree\n");
  now = 300;
  screen.write("four\nfive\n");
  expect(await screen.frames()).toEqual([
    { atMs: 0, rows: ["one", "two", ""] },
    { atMs: 100, rows: ["one", "three", ""] },
    { atMs: 200, rows: ["four", "five", ""] },
  ]);
});

test("what changes nothing on the screen is no frame", async () => {
  const screen = recordScreen({ columns: 20, rows: 3 }, () => 0);
  screen.write("one");
  screen.write("\u001b[31m\u001b[0m");
  expect(await screen.frames()).toHaveLength(1);
});

test("each screen has its share of the time, and rows that come again are drawn once", () => {
  const svg = animatedSvg(
    [
      { atMs: 0, rows: ["same", "a < b & c"] },
      { atMs: 4_000, rows: ["same", "later"] },
      { atMs: 8_000, rows: ["same", "last"] },
    ],
    playback,
  );
  expect(svg.match(/>same</g)).toHaveLength(1);
  expect(svg.match(/<use href="#r0"/g)).toHaveLength(3);
  expect(svg).toContain("a &lt; b &amp; c");
  // 8 s at twice the speed, and a second of rest.
  expect(svg).toContain("5.0s step-end");
  expect(svg).toContain("@keyframes k1{0%,40.000%{visibility:hidden}40.000%,80.000%{visibility:visible}");
});

test("many screens within a moment are one", () => {
  const frames = Array.from({ length: 100 }, (_, i) => ({ atMs: i * 10, rows: [`${i}`] }));
  const svg = animatedSvg(frames, playback);
  expect(svg.match(/<g class="f /g)).toHaveLength(1);
  expect(svg).toContain(">99<");
});

test("an empty recording is a fault", () => {
  expect(() => animatedSvg([], playback)).toThrow("nothing was written");
});
