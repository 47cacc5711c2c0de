/** What a fault is, for whoever asks for one. */
interface FaultFacts {
  /** What the local fleet does. */
  readonly description: string;
  /** It hits one worker; all others hit the fleet as a whole. */
  readonly hitsWorker?: true;
}

const table = {
  "kill-wh": { description: "the leading scaler is killed (SIGKILL), started again at the end" },
  "stop-wh": { description: "the leading scaler is frozen (SIGSTOP), goes on at the end as if no time had passed" },
  "kill-prometheus": { description: "Prometheus is killed, started again at the end" },
  "kill-alertmanager": { description: "Alertmanager is killed, started again at the end" },
  "kill-worker": { description: "all containers of a worker are killed and its instance is lost", hitsWorker: true },
  "cut-worker": { description: "a worker is cut off the network, nothing refuses, nothing answers", hitsWorker: true },
  "spot-notice": { description: "AWS takes a worker's machine back, with two minutes' notice", hitsWorker: true },
  "spot-notices": { description: "AWS takes three workers' machines back at once, with two minutes' notice" },
  "spot-out": { description: "Spot has no machine of any type, on demand there are some" },
  "ssm-slow": { description: "commands to workers take 5 s longer" },
  "ssm-failing": { description: "commands to one worker fail", hitsWorker: true },
  "aws-throttled": { description: "AWS refuses every second call" },
  "dynamodb-down": { description: "the state table does not answer" },
  "duplicate-notifications": { description: "every notification arrives twice" },
  "wh-clock-jump": { description: "the scaler's clock jumps an hour ahead, and back at the end" },
  "launch-failing": { description: "no instance can be launched, for lack of capacity" },
  "activities-throttled": { description: "the group's activities cannot be read, the rest of AWS can" },
  "group-cannot-be-filled": { description: "the group wants two workers more than it needs, and none can be launched" },
  "launches-abandoned": { description: "the group wants a worker more, and every launch ends as Cancelled" },
  "worker-hangs-during-deployment": {
    description: "a worker hangs, and a deployment begins that waits for it",
    hitsWorker: true,
  },
  "clock-step": { description: "the scalers' clocks are set on by 20 minutes, then back by 40, right at the end" },
  "prometheus-answers-in-part": {
    description: "Prometheus refuses to say who is up and knows no CPU; the other queries are fresh",
  },
  "telegram-429": { description: "Telegram takes no message and asks for patience" },
  "alarm-on-deployments": {
    description: "an alarm is on the workers' deployment group, and active: every deployment is stopped",
  },
  "alarms-unreadable": {
    description: "an alarm is on the workers' deployment group, and cannot be read: every deployment is stopped",
  },
  "registry-busy": { description: "registries answer 429 to every pull of a worker" },
} as const satisfies Record<string, FaultFacts>;

/** Everything that can be broken on purpose. */
export type FaultName = keyof typeof table;

/** Every fault, with a sentence for people. */
export const faultCatalogue: Readonly<Record<FaultName, FaultFacts>> = table;

/** Names of all faults. */
export const faultNames = Object.keys(table) as readonly FaultName[];

/** Whether a text is the name of a fault. */
export function isFault(text: string): text is FaultName {
  return Object.hasOwn(table, text);
}

/** Whether a fault hits one worker, which then has to be named. */
export function hitsOneWorker(fault: FaultName): boolean {
  return faultCatalogue[fault].hitsWorker === true;
}
