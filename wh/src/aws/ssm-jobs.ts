import type { JobOrderEnd, JobWorkers } from "../jobs/ports.ts";
import { type CommandEnd, createSsmScript, type SsmCommandDeps } from "./ssm-command.ts";

/** Exit codes of job.sh. */
const EXIT_NOT_STARTED = 69;
const EXIT_BUSY = 75;
const EXIT_LOST = 76;
/** What the worker may take beside the job itself: downloads, pulls (900 s), and a run before that ends. Seconds. */
const AROUND_SECONDS = 1200;
/** What a job may take at most (core/fleet), and what is around it. */
const LIMIT_SECONDS = 999_999;

/** Runs jobs by the fleet's job document. */
export function createSsmJobs(deps: Omit<SsmCommandDeps, "script">): JobWorkers {
  const run = createSsmScript({ ...deps, script: "job.sh" });
  return {
    run: async ({ worker, job, run: id, seconds, revision }) => {
      const all = Math.min(LIMIT_SECONDS, Math.ceil(seconds) + AROUND_SECONDS);
      const location = revision === undefined ? "" : `${revision.bucket}/${revision.key}`;
      return endOf(await run(worker, { job, run: id, revision: location, seconds: String(all) }, all));
    },
  };
}

function endOf(end: CommandEnd): JobOrderEnd {
  if (end.kind !== "ended") return { kind: end.kind === "never-begun" ? "undelivered" : "unknown", reason: end.reason };
  const words = end.said.replace(/^job\.sh: /, "");
  switch (end.exitCode) {
    case 0:
      return { kind: "done", words };
    case EXIT_NOT_STARTED:
      return { kind: "refused", reason: words };
    case EXIT_BUSY:
      return { kind: "unknown", reason: words };
    case EXIT_LOST:
      return { kind: "lost", reason: words };
    default:
      return { kind: "failed", words: words || `job.sh ended with exit code ${end.exitCode}` };
  }
}
