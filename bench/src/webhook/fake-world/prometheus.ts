import type { IncomingMessage, ServerResponse } from "node:http";
import { readBody } from "./read-body.ts";
import type { SteadyWorld } from "./steady-world.ts";

type Sample = readonly [labels: Record<string, string>, value: number];

/** Answers the scaler's instant queries with the steady world, by the metric that a query names; an unknown one has no series. */
export function createPrometheusHandler(world: SteadyWorld, nowMs: () => number) {
  const each = (value: (replicas: number) => number, labels: Record<string, string> = {}): Sample[] =>
    [...world.replicas].map(([worker, replicas]) => [{ worker, ...labels }, value(replicas)]);
  const service = { service: world.service };
  const rate = world.requestsPerSecondEach;

  const samplesOf = (query: string): readonly Sample[] => {
    if (query.includes('up{job="worker"}')) return each(() => 1);
    if (query.includes("fleet_http_request_duration_seconds")) return each(() => 0.02, service);
    if (query.includes("nginx_http_requests_total")) return each(() => rate);
    if (query.includes("nginx_connections_writing")) return each(() => 1);
    if (query.includes("fleet_replicas_ready")) return each((replicas) => replicas, service);
    if (query.includes("fleet_worker_cpu_ratio")) return each(() => 0.3);
    if (query.includes("fleet_worker_draining")) return each(() => 0);
    if (!query.includes("fleet_http_requests_total")) return [];
    if (query.startsWith("sum by (service)")) return [[service, rate * world.replicas.size]];
    return query.includes("service") ? each(() => rate, service) : each(() => rate);
  };

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const query = new URLSearchParams(await readBody(request)).get("query") ?? "";
    const result = samplesOf(query).map(([metric, value]) => ({ metric, value: [nowMs() / 1000, String(value)] }));
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ status: "success", data: { resultType: "vector", result } }));
  };
}
