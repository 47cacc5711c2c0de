import {
  QUANTITIES,
  type Quantity,
  type RawMetrics,
  type RawSignal,
  type RawWorker,
  type Trouble,
} from "@compose-fleet/policy";
import type { QueryResult, Sample } from "./metrics-reader.ts";
import type { SignalQuery } from "./queries.ts";

/** Sorts the samples of all queries by worker and service. Numbers stay as they were sent: the policy says what they mean. */
export function rawMetricsOf(results: Readonly<Record<Quantity, QueryResult>>): RawMetrics {
  const samplesOf = (quantity: Quantity): readonly Sample[] => {
    const result = results[quantity];
    return result.ok ? result.samples : [];
  };
  const problems = QUANTITIES.flatMap((quantity) => {
    const result = results[quantity];
    return result.ok ? [] : [[quantity, result.problem] as const];
  });
  const single = (quantity: Quantity) => byLabel(samplesOf(quantity), "worker");
  const perService = (quantity: Quantity) => byWorker(samplesOf(quantity));
  const [up, arrivals, open] = [single("up"), single("arrivals"), single("open")];
  const [cpu, draining, jobs] = [single("cpu"), single("draining"), single("jobs")];
  const [requests, seconds, replicas] = [perService("requests"), perService("seconds"), perService("replicas")];
  const [replicaCpu, replicasTimed] = [perService("replicaCpu"), perService("replicasTimed")];
  const leaving = perService("leaving");
  const all = [
    up,
    arrivals,
    open,
    cpu,
    draining,
    jobs,
    requests,
    seconds,
    replicas,
    leaving,
    replicaCpu,
    replicasTimed,
  ];
  const ids = new Set(all.flatMap((of) => [...of.keys()]));
  const workerOf = (id: string): RawWorker => ({
    up: up.get(id),
    arrivals: arrivals.get(id),
    open: open.get(id),
    cpu: cpu.get(id),
    draining: draining.get(id),
    jobs: jobs.get(id),
    requests: requests.get(id),
    seconds: seconds.get(id),
    replicas: replicas.get(id),
    leaving: leaving.get(id),
    replicaCpu: replicaCpu.get(id),
    replicasTimed: replicasTimed.get(id),
  });
  return {
    workers: new Map([...ids].map((id) => [id, workerOf(id)])),
    demand: byLabel(samplesOf("demand"), "service"),
    problems: Object.fromEntries(problems),
  };
}

/** What workers tell of services of the fleet, sorted, so that the same is told in the same order. */
export function troublesOf(answer: QueryResult, services: Readonly<Record<string, unknown>>): readonly Trouble[] {
  if (!answer.ok) return [];
  return answer.samples
    .map(({ labels: { worker = "", service = "", kind = "", text = "" } }) => ({ worker, service, kind, text }))
    .filter(({ service }) => Object.hasOwn(services, service))
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf({ kind, service, worker }: Trouble): string {
  return `${kind}/${worker}/${service}`;
}

/** What the services' own queries answered, by service and name. */
export function rawSignalsOf(
  answers: readonly (readonly [asked: SignalQuery, answer: QueryResult])[],
): NonNullable<RawMetrics["signals"]> {
  const found = new Map<string, Map<string, RawSignal>>();
  for (const [{ service, name }, answer] of answers) {
    const ofService = found.get(service) ?? new Map<string, RawSignal>();
    const raw = answer.ok ? { ok: true as const, values: answer.samples.map(({ value }) => value) } : answer;
    found.set(service, ofService.set(name, raw));
  }
  return found;
}

function byLabel(samples: readonly Sample[], label: string): ReadonlyMap<string, number> {
  return new Map(samples.map(({ labels, value }) => [labels[label] ?? "", value]));
}

function byWorker(samples: readonly Sample[]): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const found = new Map<string, Map<string, number>>();
  for (const { labels, value } of samples) {
    const ofWorker = found.get(labels.worker ?? "") ?? new Map<string, number>();
    found.set(labels.worker ?? "", ofWorker.set(labels.service ?? "", value));
  }
  return found;
}
