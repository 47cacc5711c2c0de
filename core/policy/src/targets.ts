import type { FleetConfig } from "@compose-fleet/fleet";

/** At half of the high line one replica of two can go; a low alert only wakes the loop, which knows better. */
const LOW_SHARE = 0.5;

export interface PolicyTarget {
  readonly kind: string;
  /** Empty for targets of the worker group. */
  readonly service: string;
  readonly value: number;
}

/** The thresholds of `fleet_policy_target`: the rules read them, so they never disagree with the policy. */
export function policyTargets(config: FleetConfig): readonly PolicyTarget[] {
  const { workers, scaling } = config;
  return [
    ...Object.entries(config.services).flatMap(([service, { capacity, replicas }]) => {
      const high = capacity && scaling.utilisation * capacity.requestsPerSecond;
      const ofRequests =
        high === undefined
          ? []
          : [
              { kind: "requests_per_replica_high", service, value: high },
              { kind: "requests_per_replica_low", service, value: high * LOW_SHARE },
            ];
      return [
        ...ofRequests,
        { kind: "replicas_min", service, value: replicas.min },
        { kind: "replicas_max", service, value: replicas.max },
      ];
    }),
    { kind: "cpu_high", service: "", value: workers.target.cpu },
    { kind: "cpu_low", service: "", value: workers.target.cpu * LOW_SHARE },
    { kind: "workers_min", service: "", value: workers.min },
    { kind: "workers_max", service: "", value: workers.max },
  ];
}
