/** Prometheus' notation of a time in seconds. It knows no fractions: they become milliseconds, at least one. */
export function prometheusDuration(seconds: number): string {
  return Number.isInteger(seconds) ? `${seconds}s` : `${Math.max(1, Math.round(seconds * 1000))}ms`;
}
