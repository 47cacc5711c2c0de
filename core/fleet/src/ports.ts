/** Ports that machines of the fleet answer on (docs/architecture.md). */
export const PORTS = {
  /** On the load balancer. */
  http: 80,
  /** On the load balancer, where there is a certificate. */
  https: 443,
  /** Traffic and `/nginx-health` on a worker, by the PROXY protocol: what reached the load balancer's port 80. */
  workerHttp: 8480,
  /** The same for what reached its port 443, decrypted. */
  workerHttps: 8443,
  /** `/metrics` of the agent and nothing else, on a worker. */
  workerMetrics: 8080,
  /** Prometheus on the monitoring instance: remote write, with a password. */
  prometheus: 9090,
} as const;

/** What nginx answers with 200 while the worker serves. */
export const HEALTH_PATH = "/nginx-health";
