import type { Check } from "../check.ts";

/** What the scaler cannot read, cannot get, or waits for too long. */
export const groupProblems: Check = {
  name: "the group gives what is asked for",
  find: async ({ status }) => {
    const { workers, lastTick, lasting } = await status();
    if (workers === null)
      return [
        {
          text: `the group cannot be read: ${lastTick?.groupProblem ?? "the scaler does not say why"}`,
          fix: "the rights of the monitoring instance's role, and AWS's health",
        },
      ];
    return [
      ...(workers.failedLaunches > 0
        ? [
            {
              text: `${workers.failedLaunches} launches in a row failed: ${workers.launchProblem ?? "AWS does not say why"}`,
              fix: "quotas (vCPUs of the type), workers.instanceTypes, user data's log: docs/deploy.md",
            },
          ]
        : []),
      ...workers.unread.map(({ what, problem }) => ({
        text: `${what} cannot be read: ${problem}`,
        fix: "the rights of the monitoring instance's role: npm run deploy -- fleet",
      })),
      ...lasting.map(({ text }) => ({ text, fix: "fleet explain says more" })),
    ];
  },
};
