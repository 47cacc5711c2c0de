import { rounded } from "../numbers/bounds.ts";
import { contradictionOn } from "../replica-needs/by-cpu-limit.ts";
import { busyReplicas } from "../replica-needs/by-replica-cpu.ts";
import { signalReading } from "../replica-needs/by-signal.ts";
import { utilisationOf } from "../replica-needs/utilisation.ts";
import { type NeedSource, namesOf } from "./need.ts";

/** Services that are sized by the CPU of their replicas. What a worker does not tell counts as all that fit on it. */
export const byReplicaCpu: NeedSource = {
  name: "replica-cpu",
  says: "of services without `capacity`, the largest of the CPU of their replicas, in whole replicas, / (`utilisation` · `replicas.max`)",
  of: (situation) => {
    const serving = situation.serving;
    const utilisation = utilisationOf(situation);
    let binding: { atLeast: number; numbers: Record<string, number | string> } | undefined;
    let atMost = 0;
    const problems: string[] = [];
    for (const [service, { capacity, replicas }] of Object.entries(situation.config.services)) {
      if (capacity !== undefined) continue;
      const readings = serving.map((worker) => busyReplicas(worker, service));
      const busy = readings.reduce((sum, reading) => sum + (reading.ok ? reading.value : 0), 0);
      const unread = serving.filter((_, index) => !readings[index]?.ok);
      const atLeast = busy / (utilisation * replicas.max);
      if (unread.length > 0)
        problems.push(`the CPU of the replicas of ${service} on ${namesOf(unread)} cannot be read`);
      atMost = Math.max(atMost, atLeast + unread.length);
      if (binding === undefined || atLeast > binding.atLeast)
        binding = { atLeast, numbers: { service, busyReplicas: rounded(busy), utilisation } };
    }
    return binding && { ...binding, atMost, problems };
  },
};

/** Services whose written capacity is too high, and whose replicas do not fit on the workers that serve. */
export const byCpuLimit: NeedSource = {
  name: "cpu-limit",
  says: "of services with `capacity` whose replicas would be at the limit of their CPU, the largest of that CPU, in whole replicas, / (`utilisation` · `replicas.max`)",
  of: (situation) => {
    const utilisation = utilisationOf(situation);
    let binding: { atLeast: number; numbers: Record<string, number | string> } | undefined;
    for (const [name, service] of Object.entries(situation.config.services)) {
      const found = situation.serving.flatMap((worker) => contradictionOn(worker, name, service, utilisation) ?? []);
      const busy = found.reduce((sum, each) => sum + each.busy, 0);
      const atLeast = busy / (utilisation * service.replicas.max);
      if (found.length === 0 || (binding !== undefined && atLeast <= binding.atLeast)) continue;
      const requestsPerSecond = found.reduce((sum, each) => sum + each.requestsPerSecond, 0);
      const numbers = {
        service: name,
        requestsPerSecond: rounded(requestsPerSecond),
        capacityPerReplica: service.capacity?.requestsPerSecond ?? 0,
        atLimit: rounded(busy),
        sustained: rounded(requestsPerSecond / busy),
        utilisation,
      };
      binding = { atLeast, numbers };
    }
    return binding && { ...binding, atMost: binding.atLeast, problems: [] };
  },
};

/** Services that are sized by signals of their own. */
export const bySignal: NeedSource = {
  name: "signal",
  says: "the largest over `signals` of value / (target · `replicas.max`)",
  of: ({ config, observation }) => {
    let binding: { atLeast: number; numbers: Record<string, number | string> } | undefined;
    const problems: string[] = [];
    for (const [service, { replicas, signals }] of Object.entries(config.services))
      for (const { name, target } of signals) {
        const value = signalReading(observation, service, name);
        if (!value.ok) problems.push(`${service}: ${value.problem}`);
        const atLeast = value.ok ? value.value / (target * replicas.max) : 0;
        if (binding === undefined || atLeast > binding.atLeast) {
          const numbers = { service, signal: name, value: value.ok ? rounded(value.value) : 0, signalTarget: target };
          binding = { atLeast, numbers };
        }
      }
    return binding && { ...binding, atMost: problems.length > 0 ? undefined : binding.atLeast, problems };
  },
};
