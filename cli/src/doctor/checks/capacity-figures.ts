import type { Check } from "../check.ts";

/** Above the capacity by so much, a replica that answers well has more than the file says. */
const MORE = 1.2;

/** A capacity that is too low makes the fleet twice as large as it needs to be, and nobody complains. */
export const capacityFigures: Check = {
  name: "capacities are what is measured",
  find: async ({ config, metric }) => {
    const rates = await metric(
      'max by (service) (max_over_time((sum by (service) (rate(fleet_http_requests_total{status!~"5.."}[5m])) / sum by (service) (fleet_replicas_ready))[6h:5m]))',
    );
    return rates.flatMap(({ labels: { service = "" }, value }) => {
      const capacity = config.services[service]?.capacity?.requestsPerSecond;
      if (capacity === undefined || value <= capacity * MORE) return [];
      return [
        {
          text: `${service}: a replica served ${value.toFixed(1)} req/s for minutes, and its capacity is said to be ${capacity}`,
          fix: `raise capacity.requestsPerSecond of ${service} if its latency was well then`,
        },
      ];
    });
  },
};
