import type { Runner } from "@compose-fleet/process";

/** Some twenty seconds of the raised load: each look reads no more, since it takes CPU from what is measured. */
const LOG_LINES = 2_000;

/** Looks into the workers' containers of a local fleet. */
export interface InsideWorker {
  /** The end of the access log. */
  accessLog(worker: string): Promise<string>;
  /** How many replicas of the service run. */
  replicasOf(worker: string): Promise<number>;
}

/** Looks by Docker; what Docker cannot say is empty. */
export function createInsideWorker(runner: Runner, fleet: string, service: string): InsideWorker {
  const docker = async (...args: readonly string[]) =>
    (await runner.run({ file: "docker", args, timeoutMs: 20_000 })).stdout;
  return {
    accessLog: (worker) =>
      docker("exec", `compose-fleet-${fleet}-${worker}-nginx-1`, "tail", "-n", String(LOG_LINES), "/logs/access.log"),
    replicasOf: async (worker) => {
      const filters = [`label=compose-fleet.worker=${worker}`, `label=com.docker.compose.service=${service}`];
      const listed = await docker("ps", "--quiet", ...filters.flatMap((filter) => ["--filter", filter]));
      return listed.split("\n").filter(Boolean).length;
    },
  };
}
