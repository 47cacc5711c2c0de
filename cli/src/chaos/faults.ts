/** Every fault that the local fleet can be given, and what it does. */
export const faults = {
  "kill-wh": "the leading scaler is killed (SIGKILL), started again at the end",
  "stop-wh": "the leading scaler is frozen (SIGSTOP), goes on at the end as if no time had passed",
  "kill-prometheus": "Prometheus is killed, started again at the end",
  "kill-alertmanager": "Alertmanager is killed, started again at the end",
  "kill-worker": "all containers of a worker are killed and its instance is lost",
  "cut-worker": "a worker is cut off the network, nothing refuses, nothing answers",
  "ssm-slow": "commands to workers take 5 s longer",
  "ssm-failing": "commands to one worker fail",
  "aws-throttled": "AWS refuses every second call",
  "dynamodb-down": "the state table does not answer",
  "duplicate-notifications": "every notification arrives twice",
  "wh-clock-jump": "the scaler's clock jumps an hour ahead, and back at the end",
  "launch-failing": "no instance can be launched, for lack of capacity",
} as const;

export type FaultName = keyof typeof faults;

/** Names of all faults. */
export const faultNames = Object.keys(faults) as readonly FaultName[];

/** Whether a text is the name of a fault. */
export function isFault(text: string): text is FaultName {
  return Object.hasOwn(faults, text);
}

/** Faults that hit one worker, which then has to be named. */
export function hitsOneWorker(fault: FaultName): boolean {
  return fault === "kill-worker" || fault === "cut-worker" || fault === "ssm-failing";
}

/** Faults after which requests on their way to that worker cannot be served by anybody. */
export function losesWorker(fault: FaultName): boolean {
  return fault === "kill-worker" || fault === "cut-worker";
}

/** Two faults at once, chosen so that one takes away what would heal the other. */
export const pairs: readonly (readonly [FaultName, FaultName])[] = [
  ["kill-wh", "kill-worker"],
  ["kill-wh", "dynamodb-down"],
  ["kill-prometheus", "kill-worker"],
  ["ssm-slow", "duplicate-notifications"],
  ["cut-worker", "aws-throttled"],
];

/** What the short run covers: the scaler, the data and a worker. */
export const quickFaults: readonly (readonly FaultName[])[] = [["kill-wh"], ["kill-prometheus"], ["kill-worker"]];

/** Every fault alone, then the pairs. Failing launches cost nothing at a steady load: they are for trying out by hand. */
export function allRuns(): readonly (readonly FaultName[])[] {
  return [...faultNames.filter((name) => name !== "launch-failing").map((name) => [name]), ...pairs];
}
