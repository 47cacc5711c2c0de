import { messageOf } from "@compose-fleet/process";
import type { CpuQuotas } from "./cgroup.ts";
import type { WorkerFilesSpec } from "./worker-files.ts";

/** Limits the CPU of each worker that is launched; where a machine does not permit it, says so once and limits nobody any more. */
export function createCpuLimit(
  quotas: Pick<CpuQuotas, "create">,
  cores: number,
  onProblem: (sentence: string) => void,
): (instanceId: string) => Promise<WorkerFilesSpec["cpu"]> {
  let isRefused = false;
  return async (instanceId) => {
    if (isRefused) return undefined;
    try {
      const { parent } = await quotas.create(instanceId, cores);
      return { cores, cgroupParent: parent };
    } catch (error) {
      if (!isRefused)
        onProblem(`workers share all CPU of this machine, since a limit is not permitted: ${messageOf(error)}`);
      isRefused = true;
      return undefined;
    }
  };
}
