import { CliError } from "@compose-fleet/process";
import {
  createWhApi,
  createWhApiPair,
  type Explanation,
  type Fetch,
  type FleetSnapshot,
  type RecordedDecision,
  WhApiError,
} from "@compose-fleet/wh-api";

/** What commands ask the scaler. Every method throws a `CliError` with a sentence when it does not answer as expected. */
export interface WhClient {
  status(): Promise<FleetSnapshot>;
  /** Newest first. */
  decisions(limit: number): Promise<readonly RecordedDecision[]>;
  /** Why each target, or the one given, is what it is. */
  explain(target?: string): Promise<Explanation>;
  /** Pins the number of workers, within bounds, for that long; returns the override's id. */
  pinWorkers(workers: number, forSeconds: number): Promise<string>;
  /** Ends an override; one that has ended already is no error. */
  removeOverride(id: string): Promise<void>;
}

/** Addresses of the scalers of a fleet, without a slash at the end. */
export interface WhEndpoints {
  readonly wh: string;
  readonly whStandby?: string;
}

const timeoutMs = 5_000;
const inTime: Fetch = (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs) });

/** A client of a fleet's scalers, which asks the one that leads. The token is read from a file by the caller and never shown. */
export function createWhClient({ wh, whStandby }: WhEndpoints, token: string): WhClient {
  const urls = [wh, ...(whStandby === undefined ? [] : [whStandby])];
  const api = createWhApiPair(urls.map((baseUrl) => createWhApi({ baseUrl, token, fetch: inTime })));
  return {
    status: () => explained(() => api.snapshot()),
    decisions: (limit) => explained(() => api.decisions(limit)),
    explain: (target) => explained(() => api.explain(target)),
    pinWorkers: (workers, forSeconds) =>
      explained(async () => (await api.addOverride({ kind: "pin-workers", workers, forSeconds, by: "fleet" })).id),
    removeOverride: (id) => explained(() => api.removeOverride(id)),
  };
}

async function explained<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof WhApiError ? new CliError(error.message) : error;
  }
}
