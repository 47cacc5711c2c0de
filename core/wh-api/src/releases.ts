import { z } from "zod";

/** Pull mode: what the scaler does with the branch that it follows. */
export const releasesSchema = z.object({
  repository: z.string(),
  branch: z.string(),
  /**
   * unknown: not looked yet; standby: another scaler does it; up-to-date: the branch's commit runs on all workers;
   * waiting: for `waitsFor`; deploying; failed: the branch's commit did not come up, what ran before does.
   */
  state: z.enum(["unknown", "standby", "up-to-date", "waiting", "deploying", "failed"]),
  /** The branch's newest commit; null when it has not been read. */
  commit: z.string().nullable(),
  /** The revision last acted upon, and the deployment of it. */
  revision: z.string().nullable(),
  deployment: z.string().nullable(),
  since: z.number().nullable(),
  waitsFor: z.string().nullable(),
  /** Why the last look failed, that the branch's commit has no revision, or why the last release failed. */
  lastError: z.string().nullable(),
  lookedAtMs: z.number().nullable(),
});
export type PullView = z.output<typeof releasesSchema>;
