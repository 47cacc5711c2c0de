import type { LoadFailure } from "@compose-fleet/load";
import { describe, expect, test } from "vitest";
import { failuresOn } from "./attribute-failures.ts";
import { parseSessions, type Session } from "./balancer-sessions.ts";

const dead = "172.27.1.1";
const healthy = "172.27.1.2";
const failure = (change: Partial<LoadFailure> = {}): LoadFailure => ({
  type: "failure",
  dueAtMs: 69_000,
  failedAtMs: 70_000,
  cause: "UND_ERR_SOCKET",
  connection: { localPort: 40_001, openedAtMs: 60_000 },
  ...change,
});
const session = (address: string, change: Partial<Session> = {}): Session => ({
  startedAtMs: 60_003,
  clientPort: 40_001,
  address,
  ...change,
});

describe("a failure is put down to a dead worker only when its connection's session proves it", () => {
  test.each<[string, LoadFailure[], Session[], number]>([
    ["its session went to the dead worker", [failure()], [session(dead)], 1],
    ["its session went to a healthy worker", [failure()], [session(healthy)], 0],
    ["sessions of other clients prove nothing", [failure()], [session(dead, { clientPort: 40_002 })], 0],
    [
      "a port that was used again: the session that began when the connection did",
      [failure()],
      [session(dead, { startedAtMs: 1_000 }), session(healthy), session(dead, { startedAtMs: 68_500 })],
      0,
    ],
    ["the session may begin late", [failure()], [session(dead, { startedAtMs: 66_000 })], 1],
    ["a session of another time is another connection's", [failure()], [session(dead, { startedAtMs: 49_000 })], 0],
    ["no session is known", [failure()], [], 0],
    ["one connection explains all its failures", [failure(), failure()], [session(dead)], 2],
    ["an error status proves that its worker lives", [failure({ cause: "502" })], [session(dead)], 0],
  ])("%s", (_rule, failures, sessions, expected) => {
    expect(failuresOn(new Set([dead]), failures, sessions)).toHaveLength(expected);
  });

  test("what never had a connection failed on nobody", () => {
    const { connection: _none, ...refused } = failure({ cause: "ECONNREFUSED" });
    expect(failuresOn(new Set([dead]), [refused], [session(dead)])).toEqual([]);
  });
});

test("sessions are read from the load balancer's log, other lines are passed over", () => {
  const log = [
    "session 1790000002.123 2.003 40001 172.27.1.1:80",
    "session 1790000002.123 2.003 - 172.27.1.1:80",
    '2026/11/21 23:00:00 [error] 29#29: *1 connect() failed, upstream: "172.27.1.1:80"',
    "session 1790000001.000 0.000 40002 -",
    "",
  ].join("\n");
  expect(parseSessions(log)).toEqual([{ startedAtMs: 1_790_000_000_120, clientPort: 40_001, address: "172.27.1.1" }]);
});
