import { CliError } from "@compose-fleet/process";
import { createWhApi, createWhApiPair, type Fetch, type WhApi, WhApiError } from "@compose-fleet/wh-api";

/** How long one answer of a scaler may take. */
const TIMEOUT_MS = 5_000;
const inTime: Fetch = (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });

/** Where the scalers of a fleet answer, without a slash at the end, and the token of their API. Never shown. */
export interface ScalerAccess {
  readonly baseUrls: readonly string[];
  readonly token: string;
}

/** The scalers of a fleet as one that is asked: the one that leads first. `access` is asked before each question. Every method throws `CliError`. */
export function createScaler(access: () => Promise<ScalerAccess>): WhApi {
  const ask = async <T>(question: (api: WhApi) => Promise<T>): Promise<T> => {
    const { baseUrls, token } = await access();
    const api = createWhApiPair(baseUrls.map((baseUrl) => createWhApi({ baseUrl, token, fetch: inTime })));
    try {
      return await question(api);
    } catch (error) {
      throw error instanceof WhApiError ? new CliError(error.message) : error;
    }
  };
  return {
    status: () => ask((api) => api.status()),
    snapshot: () => ask((api) => api.snapshot()),
    decisions: (limit, target) => ask((api) => api.decisions(limit, target)),
    audit: (query) => ask((api) => api.audit(query)),
    explain: (target) => ask((api) => api.explain(target)),
    explainReceipt: (id) => ask((api) => api.explainReceipt(id)),
    addOverride: (override) => ask((api) => api.addOverride(override)),
    removeOverride: (id, by) => ask((api) => api.removeOverride(id, by)),
    jobs: () => ask((api) => api.jobs()),
    runJob: (name, request) => ask((api) => api.runJob(name, request)),
  };
}
