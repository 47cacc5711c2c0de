/** What every load of the command line has in common: a request counts as failed after 10 s. */
export const loadDefaults = { body: "hello", timeoutMs: 10_000, maxInFlight: 3_000 } as const;
