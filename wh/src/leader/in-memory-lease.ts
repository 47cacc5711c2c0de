import type { Lease, LeaseStore } from "./ports.ts";

/** A lease that lives as long as the process: for tests, held to the same contract as DynamoDB's. */
export function createInMemoryLease(): LeaseStore {
  let stored: Lease | undefined;
  return {
    read: async () => stored,
    take: async (seen, next) => {
      if (stored?.fence !== seen?.fence || stored?.version !== seen?.version) return "lost";
      stored = { ...next, version: (seen?.version ?? 0) + 1, isReleased: false };
      return "written";
    },
    renew: async ({ holder, fence, ttlMs }, { nextFence, release }) => {
      if (stored?.holder !== holder || stored.fence !== fence || stored.isReleased) return "lost";
      stored = {
        holder,
        fence: nextFence ?? fence,
        version: stored.version + 1,
        ttlMs,
        isReleased: release ?? false,
      };
      return "written";
    },
  };
}
