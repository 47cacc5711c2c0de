import type { FleetConfig } from "./schema.ts";

/** CloudWatch metrics that the monitoring instance writes every minute (`stack-prometheus/heartbeat.sh`); none has dimensions. */
export const FLEET_METRICS = {
  /** 1 while a scaler leads; absent otherwise. */
  heartbeat: "ScalerHeartbeat",
  /** Share of the requests of the last minute that ended with 5xx, 0-1. */
  serverErrors: "ServerErrorShare",
} as const;

/** Above this share of 5xx people are alarmed, and a release that brought it is taken back. 0-1. */
export const SERVER_ERROR_LIMIT = 0.05;

/** Namespace of those metrics, one per fleet and environment; the monitoring instance's role may write to no other. */
export function metricNamespace(config: Pick<FleetConfig, "name" | "environment">): string {
  return `Fleet/${config.name}/${config.environment}`;
}
