import type { FleetConfig } from "@compose-fleet/fleet";
import type { StatusAnswer } from "@compose-fleet/wh-api";
import type { Machines } from "../target/machines.ts";

/** A value of Prometheus, with what it is of. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a check may ask. Everything throws `CliError` where it has no answer; then the check has none either. */
export interface Questions {
  readonly config: FleetConfig;
  readonly status: () => Promise<StatusAnswer>;
  /** The values of a PromQL expression now. Those that are no number are left out. */
  readonly metric: (expression: string) => Promise<readonly Sample[]>;
  /** The configuration that Alertmanager runs with, as YAML. */
  readonly alertmanager: () => Promise<string>;
  /** The configuration that Prometheus runs with, as YAML. */
  readonly prometheusConfig: () => Promise<string>;
  readonly machines: Machines;
  /** When the certificate that the fleet shows ends, epoch milliseconds; undefined where it has none. */
  readonly certificateEndsMs: () => Promise<number | undefined>;
  /** Epoch milliseconds. */
  readonly nowMs: () => number;
}

/** Something that is wrong, in a line, and what to do. */
export interface Finding {
  readonly text: string;
  readonly fix: string;
}

/** Something that people get wrong, and how it is seen. */
export interface Check {
  readonly name: string;
  /** What is wrong; nothing where all is well. Throws `CliError` where it cannot be seen. */
  readonly find: (ask: Questions) => Promise<readonly Finding[]>;
}
