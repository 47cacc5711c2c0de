import { describe, expect, test } from "vitest";
import type { LoadFailure } from "../load/messages.ts";
import { failuresOn } from "./attribute-failures.ts";
import { parseSessions, type Session } from "./balancer-sessions.ts";

const size = 100;
const dead = "172.27.1.1";
const healthy = "172.27.1.2";
const failure = (change: Partial<LoadFailure> = {}): LoadFailure => ({
  type: "failure",
  dueAtMs: 9_000,
  failedAtMs: 10_000,
  cause: "UND_ERR_SOCKET",
  requestsOnConnection: 7,
  ...change,
});
const session = (address: string, change: Partial<Session> = {}): Session => ({
  endedAtMs: 10_010,
  address,
  bytesReceived: 7 * size,
  ...change,
});

describe("a failure is put down to a dead worker only when a session proves it", () => {
  test.each<[string, LoadFailure[], Session[], number]>([
    ["its session ended then and there, after as many requests", [failure()], [session(dead)], 1],
    ["its session went to a healthy worker", [failure()], [session(healthy)], 0],
    [
      "the session that carried as many requests explains it, not the nearer one",
      [failure()],
      [session(dead, { bytesReceived: 40 * size, endedAtMs: 10_000 }), session(healthy, { endedAtMs: 10_300 })],
      0,
    ],
    ["no session ended then", [failure()], [session(dead, { endedAtMs: 13_000 })], 0],
    ["no session is known", [failure()], [], 0],
    ["one session explains one failure only", [failure(), failure()], [session(dead)], 1],
    ["the worker was never reached", [failure({ requestsOnConnection: 1 })], [session(dead, { bytesReceived: 0 })], 1],
    ["an error status proves that its worker lives", [failure({ cause: "502" })], [session(dead)], 0],
    ["what the generator never sent failed on nobody", [failure({ cause: "client-overload" })], [session(dead)], 0],
  ])("%s", (_rule, failures, sessions, expected) => {
    expect(failuresOn(new Set([dead]), failures, sessions, size)).toHaveLength(expected);
  });
});

test("sessions are read from the load balancer's log, other lines are passed over", () => {
  const log = [
    "session 1790000000.123 172.27.1.1:80 200 1234",
    '2026/11/21 23:00:00 [error] 29#29: *1 connect() failed, upstream: "172.27.1.1:80"',
    "session 1790000001.000 - 500 0",
    "",
  ].join("\n");
  expect(parseSessions(log)).toEqual([{ endedAtMs: 1_790_000_000_123, address: "172.27.1.1", bytesReceived: 1234 }]);
});
