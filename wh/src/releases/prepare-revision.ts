import type { FleetConfig } from "@compose-fleet/fleet";
import { BEFORE_RELEASE, type JobAsks, type RevisionLocation } from "@compose-fleet/releases";
import type { Clock } from "../runtime/clock.ts";
import { revisionOf } from "./pull-view.ts";
import type { PullerDeps } from "./puller-deps.ts";

/** What pull mode says while jobs run. */
export const WAITS_FOR_JOBS = "the jobs that are due before the release";

export interface PrepareRevisionDeps {
  readonly config: Pick<FleetConfig, "jobs">;
  readonly asks: JobAsks;
  readonly clock: Clock;
}

/** Has the jobs before a release run, as wh's own fleet file names them: once for the revision, whichever scaler asks, and how often. */
export function createPrepareRevision({ config, asks, clock }: PrepareRevisionDeps): PullerDeps["prepare"] {
  const due = Object.values(config.jobs).filter(({ when }) => when === "before-release");
  if (due.length === 0) return async () => undefined;
  return async (location: RevisionLocation) => {
    const revision = revisionOf(location.key);
    const run = await asks.read(BEFORE_RELEASE, revision);
    if (run === undefined) {
      const seconds = due.reduce((sum, { timeout }) => sum + timeout, 0);
      // One wish for the revision, whoever writes it: pull mode tries nothing twice.
      const askId = `pull-${revision}`;
      const wish = { job: BEFORE_RELEASE, id: revision, askId, by: "pull", atMs: clock.nowMs(), seconds };
      await asks.ask({ ...wish, revision: location, evenIfLost: false });
      return { waitsFor: WAITS_FOR_JOBS };
    }
    if (run.state === "done") return undefined;
    if (run.state === "running") return { waitsFor: WAITS_FOR_JOBS };
    return { refused: `the jobs before it ended as ${run.state}: ${run.words ?? "they said nothing"}` };
  };
}
