import type { WhClient } from "@compose-fleet/cli/wh-client";
import type { ConstantLoad } from "@compose-fleet/load";
import type { LocalFleetStatus } from "@compose-fleet/local-fleet";
import type { DeliveredMessage, FaultClient, FaultName } from "@compose-fleet/local-fleet/session";
import type { AwsHistory } from "./aws-history.ts";
import type { Session } from "./balancer-sessions.ts";

/** A fleet under load and what is known of it. */
export interface ChaosFleet {
  readonly status: () => Promise<Pick<LocalFleetStatus, "group" | "workers">>;
  readonly wh: Pick<WhClient, "status" | "decisions">;
  readonly faults: Pick<FaultClient, "start" | "end">;
  readonly history: Pick<AwsHistory, "changesSince">;
  readonly sessionsSince: (atMs: number) => Promise<readonly Session[]>;
  readonly load: ConstantLoad;
  /** What people heard since the fleet began, oldest first. */
  readonly messages: () => Promise<readonly DeliveredMessage[]>;
}

export interface RunDeps {
  readonly fleet: ChaosFleet;
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly stop: AbortSignal;
  /** Told what is going on, in a few words. */
  readonly update: (text: string) => void;
}

export interface RunOptions {
  readonly faults: readonly FaultName[];
  /** How long they last, seconds; longer where one of them needs it. */
  readonly seconds: number;
  readonly services: number;
  readonly boundsOf: (target: string) => { readonly min: number; readonly max: number };
}
