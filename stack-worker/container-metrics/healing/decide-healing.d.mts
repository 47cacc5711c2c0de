export interface Patient {
  readonly id: string;
  readonly state: "serves" | "starting" | "silent" | "unhealthy";
  /** Since when it is so, milliseconds. */
  readonly sinceMs: number;
}

/** What became of a replica that was to be replaced. */
export interface Healed {
  readonly atMs: number;
  readonly result: "replaced" | "recovered" | "no-better";
}

export interface Healing {
  /** Ids that nginx shall not reach. */
  readonly refuse: readonly string[];
  /** Ids that are replaced, start first. */
  readonly replace: readonly string[];
  /** Why some are left as they are. */
  readonly held: "none-serves" | "budget" | "recovered" | "no-better" | undefined;
}

export const SILENT_MS: number;
export function decideHealing(nowMs: number, replicas: readonly Patient[], done: readonly Healed[]): Healing;
