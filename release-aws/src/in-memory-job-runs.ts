import type { JobAsk, JobRun, JobRuns } from "@compose-fleet/releases";

/** Jobs that live as long as the process: for tests, held to the same contract as DynamoDB's. */
export function createInMemoryJobRuns(): JobRuns {
  const asks = new Map<string, JobAsk>();
  const runs = new Map<string, JobRun>();
  const keyOf = ({ job, id }: { readonly job: string; readonly id: string }) => `${job}#${id}`;
  return {
    ask: async (ask) => void asks.set(keyOf(ask), ask),
    withdraw: async (ask) => {
      if (asks.get(keyOf(ask))?.askId === ask.askId) asks.delete(keyOf(ask));
    },
    asked: async () => [...asks.values()],
    read: async (job, id) => runs.get(keyOf({ job, id })),
    begin: async (run) => {
      if (runs.has(keyOf(run))) return "known";
      runs.set(keyOf(run), run);
      return "begun";
    },
    change: async (run, seen) => {
      const stored = runs.get(keyOf(run));
      if (stored?.attempt !== seen.attempt || stored.state !== seen.state || stored.fence > run.fence)
        return "superseded";
      runs.set(keyOf(run), run);
      return "changed";
    },
    newest: async (job, limit) =>
      [...runs.values()]
        .filter((run) => run.job === job)
        .sort((a, b) => (a.id < b.id ? 1 : -1))
        .slice(0, limit),
  };
}
