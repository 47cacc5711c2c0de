import type { MachineKind } from "@compose-fleet/fleet";

/** Options of every release command. */
export interface ReleaseOptions {
  readonly local?: boolean;
  readonly name?: string;
  readonly fleet?: string;
  readonly bucket?: string;
  readonly only?: MachineKind;
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly uploadOnly?: boolean;
  readonly refresh?: boolean;
  readonly rerunJobs?: boolean;
  readonly service?: readonly string[];
}
