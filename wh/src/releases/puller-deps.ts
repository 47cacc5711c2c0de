import type { RevisionLocation } from "@compose-fleet/releases";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { PullLog, PullPorts } from "./ports.ts";

/** The leave to begin a deployment, under which fence; or why not. */
export type AskLeave = (summary: string) => Promise<{ readonly fence: number } | { readonly refused: string }>;

export interface PullerDeps {
  readonly source: { readonly repository: string; readonly branch: string };
  readonly ports: PullPorts & { readonly log: PullLog };
  /** What is due before a revision is deployed: nothing any more (undefined), what it waits for, or why it must not be deployed. */
  readonly prepare: (
    location: RevisionLocation,
  ) => Promise<{ readonly waitsFor: string } | { readonly refused: string } | undefined>;
  readonly clock: Clock;
  readonly log: Log;
  readonly leader: {
    /** Whether this scaler may deploy; another one only looks. */
    readonly mayAct: () => boolean;
    readonly askLeave: AskLeave;
  };
  readonly fleet: {
    /** Ids of the workers that exist; undefined when they cannot be read. */
    readonly members: () => readonly string[] | undefined;
    /** Tells people. */
    readonly say: (line: string, weight?: "news" | "trouble") => void;
  };
}
