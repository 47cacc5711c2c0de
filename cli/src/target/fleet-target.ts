import type { FleetConfig } from "@compose-fleet/fleet";
import type { WhApi } from "@compose-fleet/wh-api";
import type { Logs } from "../logs/log-line.ts";
import type { Activity } from "./group-activities.ts";
import type { Machines } from "./machines.ts";

/** What a fleet answers on: `site` for its users, the others for its operators. */
export const consoles = ["site", "console", "wh", "prometheus", "alertmanager", "grafana"] as const;
export type Console = (typeof consoles)[number];

/**
 * A fleet that commands look at and act on, wherever it runs: on this machine, or on AWS. Every method throws `CliError` with what to do. Nothing
 * is opened before it is needed; `withTarget` closes what was.
 */
export interface FleetTarget {
  readonly kind: "local" | "aws";
  readonly config: FleetConfig;
  /** For a question to a person, or an error: which fleet, and where. */
  readonly words: string;
  /** The scaler that leads, or the other one while that does not answer. */
  readonly scaler: WhApi;
  readonly machines: Machines;
  readonly logs: Logs;
  /** What the group did in the last six weeks, newest first. */
  activities(): Promise<readonly Activity[]>;
  /** Where a console answers on this machine, without a slash at the end. It does so until the target is closed. */
  address(console: Console): Promise<string>;
  /** A value of a secret of the fleet's own. Never to be shown. */
  secret(name: "PROMETHEUS_PASSWORD"): Promise<string>;
  /** Aborts when the person interrupts, where something has to be closed then. */
  readonly stop: AbortSignal | undefined;
  /** Closes whatever was opened. Idempotent. */
  close(): Promise<void>;
}
