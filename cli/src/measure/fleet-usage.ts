import type { Questions } from "../doctor/check.ts";
import type { ReadUsage } from "./ports.ts";

/** Rates need several scrapes, seconds. */
const LEAST_WINDOW = 5;

/** Reads what a service uses from the fleet's Prometheus. What it cannot say is null, never an error. */
export function fleetUsage({ metric }: Pick<Questions, "metric">, service: string): ReadUsage {
  const largest = async (expression: string) => {
    const samples = await metric(expression).catch(() => []);
    return samples.length === 0 ? null : Math.max(...samples.map(({ value }) => value));
  };
  const own = `service="${service}"`;
  return {
    usage: async (seconds) => {
      const window = `${Math.max(LEAST_WINDOW, Math.ceil(seconds))}s`;
      const [replicaCpu, workerCpu, memory] = await Promise.all([
        largest(
          `rate(container_cpu_usage_seconds_total{${own}}[${window}]) / on (worker, container) max by (worker, container) (container_spec_cpu_limit_cores{${own}})`,
        ),
        largest(
          `sum by (worker) (rate(container_cpu_usage_seconds_total[${window}])) / on (worker) max by (worker) (fleet_worker_cpu_limit_cores)`,
        ),
        largest(
          `max_over_time(container_memory_working_set_bytes{${own}}[${window}]) / on (worker, container) max by (worker, container) (container_spec_memory_limit_bytes{${own}} > 0)`,
        ),
      ]);
      return { replicaCpu, workerCpu, memory };
    },
  };
}
