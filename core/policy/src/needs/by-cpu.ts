import { rounded } from "../numbers/bounds.ts";
import { type NeedSource, namesOf } from "./need.ts";

/** The CPU of a draining worker is no capacity, and tells nothing of the others'. */
export const byCpu: NeedSource = {
  name: "cpu",
  says: "workers that serve · their mean CPU / `workers.target.cpu`",
  of: (situation) => {
    const cpuTarget = situation.config.workers.target.cpu;
    const { serving } = situation;
    const read = serving.flatMap(({ cpuRatio }) => (cpuRatio.ok ? [cpuRatio.value] : []));
    const sum = read.reduce((total, value) => total + value, 0);
    const cpu = read.length > 0 ? sum / read.length : 0;
    const unread = serving.filter(({ cpuRatio }) => !cpuRatio.ok);
    return {
      atLeast: (serving.length * cpu) / cpuTarget,
      atMost: (sum + unread.length) / cpuTarget,
      problems: unread.length > 0 ? [`the CPU of ${namesOf(unread)} cannot be read`] : [],
      numbers: { cpu: rounded(cpu), cpuTarget },
    };
  },
};
