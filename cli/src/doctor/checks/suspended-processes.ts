import type { Check } from "../check.ts";

/** The fleet suspends it itself: the scaler chooses who goes. */
const OURS = ["AZRebalance"];

/** Somebody suspended the group's processes, during an incident perhaps. */
export const suspendedProcesses: Check = {
  name: "the group's processes go on",
  find: async ({ status }) => {
    const { workers } = await status();
    const suspended = (workers?.suspended ?? []).filter((process) => !OURS.includes(process));
    if (suspended.length === 0) return [];
    return [
      {
        text: `suspended in the group: ${suspended.join(", ")}`,
        fix: `aws autoscaling resume-processes --scaling-processes ${suspended.join(" ")} --auto-scaling-group-name GROUP`,
      },
    ];
  },
};
