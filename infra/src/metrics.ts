import type { FleetConfig } from "@compose-fleet/policy";

/** CloudWatch metrics that the monitoring instance writes every minute (`stack-prometheus/heartbeat.sh`); none has dimensions. */
export const FLEET_METRICS = {
  /** 1 while a scaler leads; absent otherwise. */
  heartbeat: "ScalerHeartbeat",
  /** Share of the requests of the last minute that ended with 5xx, 0-1. */
  serverErrors: "ServerErrorShare",
} as const;

/** Namespace of those metrics, one per fleet and environment; the role may write to no other. */
export function metricNamespace(config: Pick<FleetConfig, "name" | "environment">): string {
  return `Fleet/${config.name}/${config.environment}`;
}
