import { Worker } from "node:worker_threads";
import type { WorldData } from "./serve.ts";
import type { ActionSeen } from "./steady-world.ts";

/** AWS and Prometheus on loopback ports, over a world that is steady. */
export interface FakeWorld {
  readonly awsUrl: string;
  readonly prometheusUrl: string;
  /** Every call so far that changes the world. */
  actions(): Promise<readonly ActionSeen[]>;
  stop(): Promise<void>;
}

/** Starts the world in a thread of its own; rejects when it cannot listen. */
export async function startFakeWorld(data: WorldData): Promise<FakeWorld> {
  const thread = new Worker(new URL("./thread.mjs", import.meta.url), { workerData: data });
  const next = () =>
    new Promise<Record<string, unknown>>((resolve, reject) => {
      thread.once("message", resolve);
      thread.once("error", reject);
    });
  const { awsUrl, prometheusUrl } = await next();
  return {
    awsUrl: String(awsUrl),
    prometheusUrl: String(prometheusUrl),
    actions: async () => {
      const answer = next();
      thread.postMessage("actions");
      return (await answer).actions as readonly ActionSeen[];
    },
    stop: async () => {
      await thread.terminate();
    },
  };
}
