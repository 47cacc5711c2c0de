import { expect, test } from "vitest";
import { measureStep } from "./measure-step.ts";

const line = (atMs: number, upstream: string) => `service-a 200 0.030 ${atMs / 1000} 10.0.0.1 ${upstream} 0.030 "POST"`;

/** A fleet on a clock of its own that answers a step, which begins at 101,000 ms, by decision, replica and worker. */
function fakeFleet(answers: { readonly decisionMs: number; readonly replicaMs: number; readonly workerMs: number }) {
  let nowMs = 100_000;
  const worker = (id: string) => ({
    id,
    zone: "a",
    address: "172.26.0.1",
    state: "running" as const,
    target: "healthy" as const,
    launchedAtMs: 0,
    bootMs: 5_140,
  });
  return {
    status: async () => ({ workers: [worker("i-1"), ...(nowMs >= answers.workerMs ? [worker("i-2")] : [])] }),
    // The replica of the step before, which is gone, had the address that the new one gets.
    accessLog: async () =>
      [
        line(60_000, "10.0.0.3:3000"),
        line(99_500, "10.0.0.2:3000"),
        ...(nowMs >= answers.replicaMs ? [line(answers.replicaMs, "10.0.0.3:3000")] : []),
      ].join("\n"),
    decidedSince: async (atMs: number) =>
      nowMs >= answers.decisionMs && answers.decisionMs >= atMs ? answers.decisionMs : undefined,
    raiseLoad: async () => {
      nowMs = 102_000;
      return 101_000;
    },
    nowMs: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms;
    },
    stop: new AbortController().signal,
  };
}

const options = { service: "service-a", restedMs: 2_000, limitMs: 60_000 };

test("each answer counts from the step's first request", async () => {
  const fleet = fakeFleet({ decisionMs: 104_000, replicaMs: 106_500, workerMs: 115_000 });
  const { decision, replica, worker, boot } = await measureStep(fleet, options);
  expect([decision, replica, boot]).toEqual([3, 5.5, 5.1]);
  expect(worker).toBeGreaterThanOrEqual(14);
  expect(worker).toBeLessThan(14.4);
});

test("what does not come in time is missing, the rest counts", async () => {
  const fleet = fakeFleet({ decisionMs: 104_000, replicaMs: 106_500, workerMs: 200_000 });
  expect(await measureStep(fleet, options)).toEqual({ decision: 3, replica: 5.5, worker: null, boot: 0 });
});
