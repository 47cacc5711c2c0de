import type { Check } from "../check.ts";

/** The alert line that Prometheus compares with is what the scaler publishes: it has the fleet file of its release. */
export const fleetFile: Check = {
  name: "the fleet file is what runs",
  find: async ({ config, metric }) => {
    const published = await metric(
      'max by (service, kind) (fleet_policy_target{kind=~"requests_per_replica_high|replicas_max|replicas_min"})',
    );
    const fix = "release it: fleet release; or is another file meant (--fleet)?";
    return Object.entries(config.services).flatMap(([service, { capacity, replicas }]) => {
      const own = published.filter(({ labels }) => labels.service === service);
      if (own.length === 0) return [{ text: `the scaler that runs does not know the service ${service}`, fix }];
      const wanted: Readonly<Record<string, number | undefined>> = {
        requests_per_replica_high: capacity && capacity.requestsPerSecond * config.scaling.utilisation,
        replicas_max: replicas.max,
        replicas_min: replicas.min,
      };
      return own.flatMap(({ labels: { kind = "" }, value }) => {
        const here = wanted[kind];
        // Foresight corrects capacities by what is measured, within a factor.
        const isClose =
          here === undefined || Math.abs(value - here) <= (kind === "requests_per_replica_high" ? 0.5 * here : 0);
        return isClose
          ? []
          : [{ text: `${service}: ${kind} is ${value} where it runs, and ${here} in the fleet file`, fix }];
      });
    });
  },
};
