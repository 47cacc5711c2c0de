import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLineProgress, createTerminalProgress } from "./progress.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function arrange() {
  const written: string[] = [];
  return { written, deps: { write: (text: string) => written.push(text), nowMs: () => Date.now() } };
}

test("lines: a quick step says only its outcome", () => {
  const { written, deps } = arrange();
  const step = createLineProgress(deps).step("Image a");
  step.update("pulling");
  step.done("here");
  vi.advanceTimersByTime(10_000);
  expect(written).toEqual(["ok Image a: here\n"]);
});

test("lines: after 2 s a step shows up, then every 5 s at most, and its time at the end", () => {
  const { written, deps } = arrange();
  const step = createLineProgress(deps).step("Image a");
  vi.advanceTimersByTime(2_000);
  for (const second of [1, 2, 3, 4, 5]) {
    vi.advanceTimersByTime(1_000);
    step.update(`layer ${second}`);
  }
  step.fail("gone");
  expect(written).toEqual(["  ... Image a\n", "  ... Image a: layer 5\n", "FAILED Image a: gone (7.0 s)\n"]);
});

test("terminal: running steps share one line that is never wider than the terminal; finished ones stay above", () => {
  const { written, deps } = arrange();
  const progress = createTerminalProgress({ ...deps, columns: 20 });
  const first = progress.step("Image a");
  progress.step("Image b").update("a very long explanation");
  const visible = written.at(-1)?.slice("\r\u001b[2K".length) ?? "";
  expect(visible.startsWith("Image a | Image b")).toBe(true);
  expect(visible.length).toBeLessThanOrEqual(20);
  first.done("here");
  expect(written.some((text) => text.includes("Image a: here\n"))).toBe(true);
  expect(written.at(-1)).toContain("Image b");
  expect(written.at(-1)).not.toContain("Image a");
});
