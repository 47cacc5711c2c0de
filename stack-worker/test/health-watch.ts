import { setTimeout as sleep } from "node:timers/promises";
import type { WorkerUnderTest } from "./worker-under-test.ts";

/** Docker's proxy may take a connection that nobody answers on. */
const LIMIT_MS = 2_000;

/** What a load balancer sees of a worker. */
export interface HealthWatch {
  /** Resolves when /nginx-health was answered with this status. */
  saw(status: number): Promise<void>;
  /** Asks once more, and gives the statuses in the order of their changes. */
  stop(): Promise<readonly number[]>;
}

/** Asks /nginx-health 20 times a second, also of a container of nginx that takes another's place. No answer is no status. */
export function watchHealth(worker: Pick<WorkerUnderTest, "url">): HealthWatch {
  const statuses: number[] = [];
  let url: string | undefined;
  let over = false;
  const ask = async (): Promise<void> => {
    try {
      url ??= await worker.url(80);
      const answer = await fetch(`${url}/nginx-health`, { signal: AbortSignal.timeout(LIMIT_MS) });
      // Read to its end: nginx, told to end, waits for clients that are not.
      await answer.text();
      if (answer.status !== statuses.at(-1)) statuses.push(answer.status);
    } catch {
      // A new container has another port.
      url = undefined;
    }
  };
  const watching = (async () => {
    while (!over) {
      await ask();
      await sleep(50);
    }
  })();
  return {
    async saw(status) {
      while (!over && !statuses.includes(status)) await sleep(50);
    },
    async stop() {
      over = true;
      await watching;
      await ask();
      return statuses;
    },
  };
}
