import type { Random } from "./random.ts";

/** What an alert of an envelope asks for; `test` marks a test alert. */
export interface AlertChoice {
  readonly alertname: string;
  readonly scale: string;
  readonly direction: string;
  readonly worker?: string;
  readonly service?: string;
  readonly status: "firing" | "resolved";
  readonly test?: boolean;
  /** RFC 3339. */
  readonly startsAt: string;
}

const NO_END = "0001-01-01T00:00:00Z";
const RULES = [
  { alertname: "HighRequestRate", scale: "containers", direction: "up" },
  { alertname: "LowRequestRate", scale: "containers", direction: "down" },
  { alertname: "HighCPU", scale: "instances", direction: "up" },
  { alertname: "LowCPU", scale: "instances", direction: "down" },
] as const;

/** A webhook body as Alertmanager writes it, version 4, for one group. */
export function envelopeOf(choices: readonly AlertChoice[]): Record<string, unknown> {
  const first = choices[0];
  const common = { alertname: first?.alertname ?? "HighRequestRate" };
  const group = [
    `alertname="${common.alertname}"`,
    `service="${first?.service ?? ""}"`,
    `worker="${first?.worker ?? ""}"`,
  ];
  return {
    receiver: "wh",
    status: choices.some(({ status }) => status === "firing") ? "firing" : "resolved",
    alerts: choices.map((choice) => alertOf(choice)),
    groupLabels: common,
    commonLabels: common,
    commonAnnotations: { summary: "Requests per second of a replica are above the line." },
    externalURL: "http://alertmanager:9093",
    version: "4",
    groupKey: `{}/{scale=~"containers|instances"}:{${group.join(", ")}}`,
    truncatedAlerts: 0,
  };
}

function alertOf({ status, startsAt, test, ...labels }: AlertChoice) {
  return {
    status,
    labels: { ...labels, ...(test ? { fleet_test: "true" } : {}) },
    annotations: { summary: "Requests per second of a replica are above the line.", value: "72.5" },
    startsAt,
    endsAt: status === "resolved" ? new Date(Date.parse(startsAt) + 60_000).toISOString() : NO_END,
    generatorURL: "http://prometheus:9090/graph?g0.expr=fleet%3Aload_per_replica%3Arate&g0.tab=1",
    fingerprint: fingerprintOf(JSON.stringify([labels, test])),
  };
}

/** One to six alerts of one rule, on the given workers, started within the ten minutes before `nowMs`. */
export function randomChoices(random: Random, world: { workers: readonly string[]; service: string; nowMs: number }) {
  const rule = random.pick(RULES);
  return Array.from({ length: 1 + random.below(6) }, (): AlertChoice => {
    const isContainers = rule.scale === "containers";
    return {
      ...rule,
      ...(isContainers
        ? { worker: world.workers[random.below(world.workers.length)] ?? "", service: world.service }
        : {}),
      status: random.chance(70) ? "firing" : "resolved",
      startsAt: new Date(world.nowMs - random.below(600) * 1000).toISOString(),
    };
  });
}

/** 64 bits of FNV-1a, in hex as Alertmanager writes its fingerprints. */
function fingerprintOf(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, "0");
}
