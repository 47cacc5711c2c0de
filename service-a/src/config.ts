/** What one replica of the sample service is told by its environment. */
export interface ServiceConfig {
  /** Port to listen on; 0 takes a free one. */
  readonly port: number;
  /** Body of every answer under `/api/`. */
  readonly payload: string;
  /** Requests worked on at the same time. */
  readonly concurrency: number;
  /** Milliseconds of simulated work per request, ±20 %. */
  readonly workMs: number;
  /** Requests in the house (worked on and waiting) above which further ones get a 503. */
  readonly maxRequests: number;
  readonly logLevel: string;
}

/** A configuration, or every fault at once as sentences. */
export type ConfigResult =
  | { readonly ok: true; readonly config: ServiceConfig }
  | { readonly ok: false; readonly faults: readonly string[] };

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"];

/**
 * Reads the environment of a replica; an empty variable counts as unset. Never throws.
 * The defaults sustain 4 / 56 ms = 71 requests a second.
 */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): ConfigResult {
  const faults: string[] = [];
  const whole = (name: string, fallback: number, min: number, max: number): number => {
    const text = env[name];
    if (text === undefined || text === "") return fallback;
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    faults.push(`${name}: write a whole number from ${min} to ${max} (got ${JSON.stringify(text)})`);
    return fallback;
  };
  const config: ServiceConfig = {
    port: whole("PORT", 3000, 0, 65_535),
    payload: env.PAYLOAD || "Hello, World!",
    concurrency: whole("CONCURRENCY", 4, 1, 10_000),
    workMs: whole("WORK_MS", 56, 0, 60_000),
    maxRequests: whole("MAX_CONN", 512, 1, 1_000_000),
    logLevel: env.LOG_LEVEL || "info",
  };
  if (!LOG_LEVELS.includes(config.logLevel)) {
    faults.push(`LOG_LEVEL: write one of ${LOG_LEVELS.join(", ")} (got ${JSON.stringify(config.logLevel)})`);
  }
  if (config.payload.length > 65_536)
    faults.push(`PAYLOAD: write at most 65536 characters (got ${config.payload.length})`);
  return faults.length === 0 ? { ok: true, config } : { ok: false, faults };
}
