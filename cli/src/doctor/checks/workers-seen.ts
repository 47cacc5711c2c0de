import type { Check } from "../check.ts";

/** Prometheus finds the workers by EC2's API and their tags; what it does not find has no load. */
export const workersSeen: Check = {
  name: "Prometheus sees every worker",
  find: async ({ status, metric }) => {
    const [{ members }, up] = await Promise.all([status(), metric('up{job="worker"}')]);
    const serving = members.filter(({ state }) => state === "in-service").map(({ id }) => id);
    const value = new Map(up.map(({ labels, value: is }) => [labels.worker ?? "", is]));
    return [
      ...serving
        .filter((id) => !value.has(id))
        .map((id) => ({
          text: `Prometheus does not know the worker ${id}`,
          fix: "its tags (worker, fleet, environment), ec2_sd's filters, and the right ec2:DescribeInstances",
        })),
      ...serving
        .filter((id) => value.get(id) === 0)
        .map((id) => ({
          text: `Prometheus cannot reach port 8080 of the worker ${id}`,
          fix: "the security groups; the agent there: fleet logs agent",
        })),
    ];
  },
};
