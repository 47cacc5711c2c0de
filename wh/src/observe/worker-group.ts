import type { GroupReading } from "@compose-fleet/policy";

/** Describes the one group of this fleet. Changes nothing and never throws. */
export interface WorkerGroupReader {
  describe(): Promise<GroupReading>;
}
