import { suspendedByOthers } from "../../status/suspended.ts";
import type { Check } from "../check.ts";

/** Somebody suspended the group's processes, during an incident perhaps. */
export const suspendedProcesses: Check = {
  name: "the group's processes go on",
  find: async ({ status }) => {
    const { workers } = await status();
    const suspended = suspendedByOthers(workers?.suspended ?? []);
    if (suspended.length === 0) return [];
    return [
      {
        text: `suspended in the group: ${suspended.join(", ")}`,
        fix: `aws autoscaling resume-processes --scaling-processes ${suspended.join(" ")} --auto-scaling-group-name GROUP`,
      },
    ];
  },
};
