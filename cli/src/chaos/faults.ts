/** What is expected of a run beyond what every run promises, and what its faults do to workers. */
export interface Traits {
  /** What the local fleet does. */
  readonly description: string;
  /** It hits one worker, which then has to be named. */
  readonly hitsWorker?: true;
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

const table = {
  "kill-wh": { description: "the leading scaler is killed (SIGKILL), started again at the end" },
  "stop-wh": { description: "the leading scaler is frozen (SIGSTOP), goes on at the end as if no time had passed" },
  "kill-prometheus": { description: "Prometheus is killed, started again at the end" },
  "kill-alertmanager": { description: "Alertmanager is killed, started again at the end" },
  "kill-worker": {
    description: "all containers of a worker are killed and its instance is lost",
    hitsWorker: true,
    losesWorker: true,
  },
  "cut-worker": {
    description: "a worker is cut off the network, nothing refuses, nothing answers",
    hitsWorker: true,
    losesWorker: true,
  },
  "ssm-slow": { description: "commands to workers take 5 s longer" },
  "ssm-failing": { description: "commands to one worker fail", hitsWorker: true },
  "aws-throttled": { description: "AWS refuses every second call" },
  "dynamodb-down": { description: "the state table does not answer" },
  "duplicate-notifications": { description: "every notification arrives twice" },
  "wh-clock-jump": { description: "the scaler's clock jumps an hour ahead, and back at the end" },
  "launch-failing": { description: "no instance can be launched, for lack of capacity", byHandOnly: true },
  "activities-throttled": {
    description: "the group's activities cannot be read, the rest of AWS can",
    byHandOnly: true,
  },
  "group-cannot-be-filled": {
    description: "the group wants two workers more than it needs, and none can be launched",
    lastsSeconds: 60,
    told: /somebody must look/,
  },
  "launches-abandoned": {
    description: "the group wants a worker more, and every launch ends as Cancelled",
    lastsSeconds: 60,
    told: /somebody must look/,
  },
  "worker-hangs-during-deployment": {
    description: "a worker hangs, and a deployment begins that waits for it",
    hitsWorker: true,
    losesWorker: true,
    // The scaler waits for 75 s that the deployment lets go of it; then a worker boots.
    lastsSeconds: 150,
    healsInForce: true,
  },
  "clock-step": { description: "the scalers' clocks are set on by 20 minutes, then back by 40, right at the end" },
  "prometheus-answers-in-part": {
    description: "Prometheus refuses to say who is up and knows no CPU; the other queries are fresh",
    lastsSeconds: 75,
  },
  "telegram-429": { description: "Telegram takes no message and asks for patience" },
  "alarm-on-deployments": {
    description: "an alarm is on the workers' deployment group, and active: every deployment is stopped",
    byHandOnly: true,
  },
  "alarms-unreadable": {
    description: "an alarm is on the workers' deployment group, and cannot be read: every deployment is stopped",
    byHandOnly: true,
  },
  "registry-busy": { description: "registries answer 429 to every pull of a worker", byHandOnly: true },
} as const satisfies Record<string, Traits>;

export type FaultName = keyof typeof table;

/** Every fault that the local fleet can be given. */
export const faults: Readonly<Record<FaultName, Traits>> = table;

/** Names of all faults. */
export const faultNames = Object.keys(faults) as readonly FaultName[];

/** Whether a text is the name of a fault. */
export function isFault(text: string): text is FaultName {
  return Object.hasOwn(faults, text);
}

/** Faults that hit one worker, which then has to be named. */
export function hitsOneWorker(fault: FaultName): boolean {
  return faults[fault].hitsWorker === true;
}

/** Faults after which requests on their way to that worker cannot be served by anybody. */
export function losesWorker(fault: FaultName): boolean {
  return faults[fault].losesWorker === true;
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
  return [...faultNames.filter((name) => faults[name].byHandOnly !== true).map((name) => [name]), ...pairs];
}
