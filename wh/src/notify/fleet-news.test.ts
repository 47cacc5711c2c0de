import type { Observation } from "@compose-fleet/policy";
import { expect, test } from "vitest";
import type { DecisionRecord } from "../loop/decision-record.ts";
import { testFleet } from "../test-support/test-fleet.ts";
import { createFleetNews } from "./fleet-news.ts";

const tick = (atMs: number, metricsReadable: boolean, failedLaunches = 0) => ({
  observation: {
    atMs,
    metricsReadable,
    demand: {},
    group: { ok: true, value: { desired: 1, min: 1, max: 6, workers: [], failedLaunches } },
  } satisfies Observation,
});
const record = (target: string, from: number, to: number): DecisionRecord => ({
  id: "d1",
  tick: 1,
  atMs: 0,
  target,
  kind: target === "workers" ? "set-capacity" : "scale-containers",
  from,
  to,
  reason: { code: "below-min", numbers: { current: 1, min: 2 } },
  receipts: [],
});

test("blindness is said once after a minute, and its end", () => {
  const said: string[] = [];
  const news = createFleetNews(testFleet(), (line) => void said.push(line));
  for (const atMs of [0, 30_000, 60_000, 61_000, 90_000, 120_000]) news.onTick(tick(atMs, false));
  expect(said).toEqual([expect.stringContaining("not been readable for a minute")]);
  news.onTick(tick(121_000, true));
  news.onTick(tick(122_000, true));
  expect(said).toHaveLength(2);
});

test("a group that cannot be read, and what cannot be read beside one that can, are said once after a minute, and their end", () => {
  const said: string[] = [];
  const news = createFleetNews(testFleet(), (line) => void said.push(line));
  const what = "whether launches fail";
  const at = (seconds: number, group: "readable" | "without launches" | "away") => {
    const { observation } = tick(seconds * 1000, true);
    const beside = { ...observation.group.value, unread: [{ what, problem: "ThrottlingException: Rate exceeded" }] };
    news.onTick({
      observation: {
        ...observation,
        group:
          group === "away"
            ? { ok: false, problem: "the Auto Scaling group cannot be read: AccessDenied: no" }
            : { ok: true, value: group === "readable" ? observation.group.value : beside },
      },
    });
  };
  for (const seconds of [0, 30, 60]) at(seconds, "without launches");
  at(61, "readable");
  expect(said).toEqual([]);
  for (const seconds of [70, 120, 131, 180]) at(seconds, "without launches");
  for (const seconds of [190, 240, 251, 300]) at(seconds, "away");
  for (const seconds of [310, 320]) at(seconds, "readable");
  expect(said).toEqual([
    "it cannot be read whether launches fail, for a minute: ThrottlingException: Rate exceeded. Scaling out goes on without it",
    "the Auto Scaling group cannot be read: AccessDenied: no, for a minute: no worker comes or goes by the scaler",
    "the Auto Scaling group can be read again",
    "it can be read again whether launches fail",
  ]);
});

test("a failed launch is said with AWS's words", () => {
  const said: string[] = [];
  const { observation } = tick(0, true, 1);
  const value = { ...observation.group.value, launchProblem: "Cancelled: abandoned: Heartbeat Timeout" };
  createFleetNews(testFleet(), (line) => void said.push(line)).onTick({
    observation: { ...observation, group: { ok: true, value } },
  });
  expect(said).toEqual(["launching a worker failed: Cancelled: abandoned: Heartbeat Timeout"]);
});

test("what the policy calls overdue is said when it first is, and when it is over", () => {
  const said: string[] = [];
  const news = createFleetNews(testFleet(), (line) => void said.push(line));
  const { observation } = tick(1_500_000, true);
  const lasting = [
    { key: "short", sinceMs: 300_000, text: "4 workers are asked for and 2 are in service: no capacity" },
  ];
  for (let times = 0; times < 3; times++) news.onTick({ observation, lasting });
  for (let times = 0; times < 3; times++) news.onTick({ observation, lasting: [] });
  expect(said).toEqual([
    "4 workers are asked for and 2 are in service: no capacity, for 20 minutes now",
    "over: 4 workers are asked for and 2 are in service: no capacity",
  ]);
});

test("what a worker tells of a service is said at once; that a replica was replaced has no end", () => {
  const said: string[] = [];
  const news = createFleetNews(testFleet(), (line) => void said.push(line));
  const { observation } = tick(1_500_000, true);
  const state = (kind: string, text: string) => ({ key: `${kind}/i-1/web`, sinceMs: 1_500_000, text });
  const lasting = [state("crash-loop", "web on i-1: it crashes"), state("healed", "web on i-1: it was replaced")];
  for (const now of [lasting, lasting, [], []]) news.onTick({ observation, lasting: now });
  expect(said).toEqual(["web on i-1: it crashes", "web on i-1: it was replaced", "over: web on i-1: it crashes"]);
});

test("a row of failed launches is said once, when it begins", () => {
  const said: string[] = [];
  const news = createFleetNews(testFleet(), (line) => void said.push(line));
  for (const failures of [0, 1, 1, 2, 0, 1]) news.onTick(tick(0, true, failures));
  expect(said).toEqual(["launching a worker failed", "launching a worker failed"]);
});

test("workers are news, replicas are not unless they fail, and a failure is said until it changes", () => {
  const said: string[] = [];
  const news = createFleetNews(testFleet(), (line) => void said.push(line));
  news.onOutcome(record("workers", 1, 2), { status: "applied" });
  news.onOutcome(record("replicas/i-1/a", 1, 2), { status: "applied" });
  news.onOutcome(record("workers", 2, 3), { status: "skipped", reason: "in flight" });
  const failure = { status: "failed" as const, reason: "busy", retryable: true };
  for (let times = 0; times < 3; times++) news.onOutcome(record("replicas/i-1/a", 1, 2), failure);
  expect(said).toEqual([
    "workers scaled out 1 -> 2 (+0.78 USD a day): 1 is below the minimum 2",
    "replicas/i-1/a 1 -> 2 failed: busy",
  ]);
});
