import { type FaultName, faultNames } from "@compose-fleet/local-fleet/session";

/** What is expected of a run beyond what every run promises, and what its faults do to workers. */
export interface Traits {
  /** Requests on their way to that worker cannot be served by anybody. */
  readonly losesWorker?: true;
  /** Where it takes longer until what is expected can be seen, at the least so many seconds. */
  readonly lastsSeconds?: number;
  /** People hear a line like this while it lasts or right after, exactly once. */
  readonly told?: RegExp;
  /** The fleet serves at its minimum again before the fault ends. */
  readonly healsInForce?: true;
  /** For trying out by hand: at a steady load it costs nothing. */
  readonly byHandOnly?: true;
}

const table: Readonly<Partial<Record<FaultName, Traits>>> = {
  "kill-worker": {
    losesWorker: true,
  },
  "cut-worker": {
    losesWorker: true,
  },
  // Two minutes' notice, then the machine is taken. Nothing else may be lost.
  "spot-notice": { lastsSeconds: 130 },
  "spot-notices": { lastsSeconds: 130 },
  "spot-out": { byHandOnly: true },
  "launch-failing": {
    byHandOnly: true,
  },
  "activities-throttled": {
    byHandOnly: true,
  },
  "group-cannot-be-filled": {
    lastsSeconds: 60,
    told: /somebody must look/,
  },
  "launches-abandoned": {
    lastsSeconds: 60,
    told: /somebody must look/,
  },
  "worker-hangs-during-deployment": {
    losesWorker: true,
    // The scaler waits for 75 s that the deployment lets go of it; then a worker boots.
    lastsSeconds: 150,
    healsInForce: true,
  },
  "prometheus-answers-in-part": {
    lastsSeconds: 75,
  },
  "alarm-on-deployments": {
    byHandOnly: true,
  },
  "alarms-unreadable": {
    byHandOnly: true,
  },
  "registry-busy": { byHandOnly: true },
};

/** What is expected of a run of this fault. */
export function traitsOf(fault: FaultName): Traits {
  return table[fault] ?? {};
}

/** Faults after which requests on their way to that worker cannot be served by anybody. */
export function losesWorker(fault: FaultName): boolean {
  return traitsOf(fault).losesWorker === true;
}

/** Faults at once, chosen so that one takes away what would heal the other, or gives it something to do. */
export const pairs: readonly (readonly [FaultName, FaultName])[] = [
  ["kill-wh", "kill-worker"],
  ["kill-wh", "dynamodb-down"],
  ["kill-prometheus", "kill-worker"],
  ["ssm-slow", "duplicate-notifications"],
  ["cut-worker", "aws-throttled"],
];

/** What a run is given instead of the fault alone, which would not show anything: news for a Telegram that refuses them. */
const company: Readonly<Partial<Record<FaultName, FaultName>>> = { "telegram-429": "group-cannot-be-filled" };

/** The faults that are put in force for a run of these. */
export function inForceFor(names: readonly FaultName[]): readonly FaultName[] {
  return [...new Set(names.flatMap((name) => [name, company[name] ?? name]))];
}

/** What the short run covers: the scaler, the data and a worker. */
export const quickFaults: readonly (readonly FaultName[])[] = [["kill-wh"], ["kill-prometheus"], ["kill-worker"]];

/** Every fault alone, then the pairs, without those that are for trying out by hand. */
export function allRuns(): readonly (readonly FaultName[])[] {
  return [...faultNames.filter((name) => traitsOf(name).byHandOnly !== true).map((name) => [name]), ...pairs];
}
