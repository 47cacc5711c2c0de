import type { FleetConfig } from "@compose-fleet/fleet";
import { renderDashboards } from "./grafana/dashboards.ts";
import type { RenderedFile } from "./rendered-file.ts";
import { renderStackPrometheus, type StackPrometheusOptions } from "./stack-prometheus.ts";
import { renderStackWorker } from "./stack-worker.ts";

export type { Board } from "./grafana/board.ts";
export { boards, MARKS } from "./grafana/boards.ts";
export { plainYaml } from "./plain-yaml.ts";
export type { RenderedFile } from "./rendered-file.ts";
export { renderStackPrometheus, type StackPrometheusOptions } from "./stack-prometheus.ts";
export { renderStackWorker } from "./stack-worker.ts";

/** Everything that is derived from `fleet.yaml`, for both stacks. Pure: the same config gives the same bytes. */
export function renderStacks(config: FleetConfig, options: StackPrometheusOptions = {}): RenderedFile[] {
  return [...renderStackWorker(config), ...renderStackPrometheus(config, options), ...renderDashboards()];
}
