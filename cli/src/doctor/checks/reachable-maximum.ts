import type { Check } from "../check.ts";

/** CPU that is needed for a figure to say anything about the machine. */
const BUSY = 0.9;

/** A worker that is full before its replicas reach their alert line is never scaled by their requests: CPU decides alone, and late. */
export const reachableMaximum: Check = {
  name: "alert lines can be reached",
  find: async ({ config, metric }) => {
    const { utilisation } = config.scaling;
    const rates = await metric(
      "max by (service) (max_over_time((sum by (service, worker) (rate(fleet_http_requests_total[1m])) / sum by (service, worker) (fleet_replicas_ready))[1h:1m]))",
    );
    const [busiest] = await metric("max(max_over_time(fleet_worker_cpu_ratio[1h]))");
    if (busiest === undefined || busiest.value < BUSY) return [];
    return rates.flatMap(({ labels: { service = "" }, value }) => {
      const capacity = config.services[service]?.capacity?.requestsPerSecond;
      if (capacity === undefined || value >= capacity * utilisation) return [];
      return [
        {
          text: `${service}: workers were at ${Math.round(busiest.value * 100)} % CPU, and a replica had ${value.toFixed(1)} req/s at most: its alert line of ${(capacity * utilisation).toFixed(1)} cannot be reached`,
          fix: `lower capacity.requestsPerSecond of ${service}, or replicas.max: fleet tune helps`,
        },
      ];
    });
  },
};
