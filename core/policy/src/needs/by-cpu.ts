import { rounded } from "../numbers/bounds.ts";
import type { WorkerObservation } from "../observation/observation.ts";
import { type NeedSource, namesOf } from "./need.ts";

/** The CPU of a draining worker is no capacity, and tells nothing of the others'. */
export const byCpu: NeedSource = {
  name: "cpu",
  says: "workers that serve · their mean CPU / `workers.target.cpu`",
  of: (situation) => {
    const cpuTarget = situation.config.workers.target.cpu;
    const { serving } = situation;
    let sum = 0;
    const unread: WorkerObservation[] = [];
    for (const worker of serving)
      if (worker.cpuRatio.ok) sum += worker.cpuRatio.value;
      else unread.push(worker);
    const read = serving.length - unread.length;
    const cpu = read > 0 ? sum / read : 0;
    return {
      atLeast: (serving.length * cpu) / cpuTarget,
      atMost: (sum + unread.length) / cpuTarget,
      problems: unread.length > 0 ? [`the CPU of ${namesOf(unread)} cannot be read`] : [],
      numbers: { cpu: rounded(cpu), cpuTarget },
    };
  },
};
