import { readFile } from "node:fs/promises";
import type { LocalFleetStatus } from "../control/status.ts";

/** A local fleet that is up. */
export interface RunningFleet {
  readonly name: string;
  /** Where it answers on this machine, without a slash at the end; `balancer` is what users would open. */
  readonly endpoints: LocalFleetStatus["endpoints"];
  /** For the scaler's API. Never shown. */
  readonly apiToken: string;
}

/** What is needed to talk to the fleet that said this about itself. */
export async function runningFleet(status: LocalFleetStatus): Promise<RunningFleet> {
  const token = await readFile(status.secretFiles.apiToken, "utf8");
  return { name: status.name, endpoints: status.endpoints, apiToken: token.trim() };
}
