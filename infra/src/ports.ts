/** Ports that machines of the fleet answer on (docs/architecture.md). */
export const PORTS = {
  /** Traffic and `/nginx-health`, on a worker. */
  http: 80,
  /** On the load balancer only, where there is a certificate. */
  https: 443,
  /** `/metrics` of the agent and nothing else, on a worker. */
  workerMetrics: 8080,
  /** Prometheus on the monitoring instance: remote write, with a password. */
  prometheus: 9090,
} as const;

/** What nginx answers with 200 while the worker serves. */
export const HEALTH_PATH = "/nginx-health";
