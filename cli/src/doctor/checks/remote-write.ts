import type { Check } from "../check.ts";

/** A worker that Prometheus reaches, and that pushes nothing, writes with a wrong password most of the time. */
export const remoteWrite: Check = {
  name: "what workers measure arrives",
  find: async ({ metric }) => {
    const [up, pushed] = await Promise.all([metric('up{job="worker"} == 1'), metric("fleet_replicas_ready")]);
    const heard = new Set(pushed.map(({ labels }) => labels.worker));
    return up
      .map(({ labels }) => labels.worker ?? "")
      .filter((worker) => !heard.has(worker))
      .map((worker) => ({
        text: `${worker} is up, and what it measures does not arrive`,
        fix: "fleet logs agent says why; 401 is a wrong REMOTE_WRITE_PASSWORD: docs/operate.md",
      }));
  },
};
