import type { Check } from "../check.ts";

/** The tighter of AWS's bounds and the fleet file's rules: whoever changes one of them alone, or the group by hand, wonders why it does not scale. */
export const groupBounds: Check = {
  name: "the group may be as small and as large as the fleet file says",
  find: async ({ config, status }) => {
    const { workers } = await status();
    // Why it cannot be read another check says.
    if (workers === null) return [];
    const fix = "npm run deploy -- fleet, and fleet release; until then the tighter bound counts";
    return [
      ...(workers.max < config.workers.max
        ? [{ text: `at most ${workers.max} workers may run, and ${config.workers.max} by the fleet file`, fix }]
        : []),
      ...(workers.min > config.workers.min
        ? [{ text: `at least ${workers.min} workers have to run, and ${config.workers.min} by the fleet file`, fix }]
        : []),
    ];
  },
};
