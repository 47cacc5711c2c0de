import type { Observation, WorkerObservation } from "@compose-fleet/policy";
import type { Clock } from "../runtime/clock.ts";
import { sleep } from "../runtime/clock.ts";
import type { JobOrderEnd, JobWorkers } from "./ports.ts";

/** Until an agent has a command. */
const DELIVERY_MS = 300;
/** Until SSM gives a command up that nobody takes. */
const UNDELIVERED_MS = 30_000;

/** Workers that keep to job.sh's word: a run starts once, one that drains never starts a run that it refused, an end is told again. */
export function fakeJobWorkers(clock: Clock, ids: readonly string[], takesMs: number) {
  const workers = new Map(ids.map((id) => [id, { draining: false }]));
  const known = new Map<string, Promise<JobOrderEnd>>();
  const started: { readonly job: string; readonly run: string }[] = [];
  /** How runs end, in turn; done where nothing is said. */
  const ends: JobOrderEnd[] = [];

  const begin = async (worker: string, job: string, run: string): Promise<JobOrderEnd> => {
    if (workers.get(worker)?.draining) return { kind: "refused", reason: "this worker drains" };
    started.push({ job, run });
    await sleep(clock, takesMs);
    return workers.has(worker) ? (ends.shift() ?? { kind: "done", words: "done" }) : gone;
  };
  const gone: JobOrderEnd = { kind: "unknown", reason: "the worker is gone" };

  return {
    run: async ({ worker, job, run }) => {
      await sleep(clock, DELIVERY_MS);
      if (!workers.has(worker)) {
        await sleep(clock, UNDELIVERED_MS);
        return { kind: "undelivered", reason: "nobody took it" };
      }
      const key = `${worker} ${job} ${run}`;
      const end = known.get(key) ?? begin(worker, job, run);
      known.set(key, end);
      return end;
    },
    starts: (job: string) => started.filter((one) => one.job === job).map(({ run }) => run),
    drain: (id: string) => {
      const worker = workers.get(id);
      if (worker) worker.draining = true;
    },
    end: (id: string) => void workers.delete(id),
    willEnd: (end: JobOrderEnd) => void ends.push(end),
    all: () => [...workers].map(([id, { draining }]) => ({ id, draining })),
  } satisfies JobWorkers & Record<string, unknown>;
}

/** What the loop sees of them. */
export function seenWorkers(
  atMs: number,
  workers: readonly { readonly id: string; readonly draining: boolean }[],
): Observation {
  const none = { ok: false, problem: "not asked" } as const;
  const seen = workers.map(
    ({ id, draining }): WorkerObservation => ({
      id,
      zone: "a",
      state: "in-service",
      launchedAtMs: 0,
      up: true,
      draining,
      cpuRatio: none,
      arrivalsPerSecond: none,
      completionsPerSecond: none,
      openRequests: none,
      services: {},
    }),
  );
  const value = { desired: seen.length, min: 1, max: 6, workers: seen, failedLaunches: 0 };
  return { atMs, group: { ok: true, value }, metricsReadable: true, demand: {} };
}
