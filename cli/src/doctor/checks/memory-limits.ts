import type { Check } from "../check.ts";

const NEAR = 0.9;

/** A replica near its limit is killed by the next larger request. */
export const memoryLimits: Check = {
  name: "memory is enough",
  find: async ({ metric }) => {
    const shares = await metric(
      `max by (service) (max_over_time((container_memory_working_set_bytes / container_spec_memory_limit_bytes)[1h:1m])) > ${NEAR}`,
    );
    return shares.map(({ labels: { service = "?" }, value }) => ({
      text: `${service} took ${Math.round(value * 100)} % of its memory limit within the last hour`,
      fix: `raise memory of ${service} in the fleet file; fleet why ${service} says whether it was killed`,
    }));
  },
};
