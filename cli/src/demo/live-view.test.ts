import { expect, test } from "vitest";
import { createLiveScreen } from "./live-screen.ts";
import { type LiveState, liveFrame, liveLine } from "./live-view.ts";

const state: LiveState = {
  elapsedSeconds: 72.4,
  phase: "ramp",
  answeredRps: 598,
  load: {
    type: "second",
    atMs: 0,
    elapsedMs: 72_000,
    targetRps: 600.4,
    inFlight: 40,
    p95Ms: 61.2,
    total: { sent: 21_600, ok: 21_599, failed: 1, failedBy: { "503": 1 } },
  },
  fleet: {
    atMs: 0,
    hold: false,
    workers: { ready: 2, draining: 0, desired: 3, min: 1, max: 6 },
    replicas: [
      { worker: "i-0aaaaaaaaaaaaaaa1", service: "service-a", ready: 10, desired: 10 },
      { worker: "i-0aaaaaaaaaaaaaaa2", service: "service-a", ready: 1, desired: 4 },
    ],
    blindSeconds: 0,
  },
  decision: "workers 2 -> 3: load needs more",
};

test("the view shows load, failures, workers, replicas and the last decision with its reason", () => {
  expect(liveFrame(state, 200).slice(1)).toEqual([
    "  load       600 req/s offered, 598 req/s answered, p95 61 ms",
    "  requests   21600 sent, 1 failed (503: 1)",
    "  workers    ██░░░░ 2 serving, 3 wanted (1 to 6)",
    "  replicas   11 (aaaa1/service-a 10, aaaa2/service-a 1->4)",
    "  decision   workers 2 -> 3: load needs more",
  ]);
});

test("no line is wider than the terminal", () => {
  expect(liveFrame(state, 30).every((line) => line.length <= 30)).toBe(true);
});

test("load alone, without a fleet to ask, shows no empty fleet", () => {
  const load: LiveState = { elapsedSeconds: 0, phase: "start", answeredRps: 0 };
  expect(liveFrame(load, 80).slice(1)).toEqual([
    "  load       - offered, 0 req/s answered, p95 -",
    "  requests   0 sent, 0 failed",
  ]);
  expect(liveLine(load)).toBe("0:00 | start | - offered | 0 req/s answered | 0 failed | p95 -");
});

test("in a log, one line every five seconds says the same", () => {
  const written: string[] = [];
  const screen = createLiveScreen({ isTty: false, columns: () => 80, write: (text) => written.push(text) });
  for (const elapsedSeconds of [0, 0.5, 4.9, 5, 9]) screen.show({ ...state, elapsedSeconds });
  expect(written).toHaveLength(2);
  expect(liveLine(state)).toBe(
    "1:12 | ramp | 600 req/s offered | 598 req/s answered | 1 failed | p95 61 ms | workers 2/3 | replicas 11 (aaaa1/service-a 10, aaaa2/service-a 1->4) | decision: workers 2 -> 3: load needs more",
  );
});

test("on a terminal, the view is drawn over and a remark stays above it", () => {
  const written: string[] = [];
  const screen = createLiveScreen({ isTty: true, columns: () => 80, write: (text) => written.push(text) });
  screen.show(state);
  screen.say("workers 1 -> 2");
  expect(written[1]?.startsWith("\u001b[6A\r\u001b[Jworkers 1 -> 2\n── 1:12")).toBe(true);
});
