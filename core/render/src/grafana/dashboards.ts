import {
  StackingConfigBuilder,
  StackingMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import type { Board, PanelSpec } from "./board.ts";
import { boards, MARKS } from "./boards.ts";

const FOLDER = "stack-prometheus/rendered/dashboards";
/** As `grafana/provisioning/datasources` names it. */
const PROMETHEUS = { type: "prometheus", uid: "prometheus" };
const REF_IDS = "ABCDEFGH";

/** One file a board, as Grafana's provisioning reads it. */
export function renderDashboards(): { readonly path: string; readonly content: string }[] {
  return boards.map((board) => ({
    path: `${FOLDER}/${board.uid}.json`,
    content: `${JSON.stringify(dashboardOf(board), null, 2)}\n`,
  }));
}

function dashboardOf({ panels, title, uid }: Board) {
  const board = new DashboardBuilder(title)
    .uid(uid)
    .tags(["fleet"])
    .readonly()
    .refresh("5s")
    .time({ from: "now-15m", to: "now" })
    .tooltip(DashboardCursorSync.Crosshair);
  for (const { color, expr, name } of MARKS)
    board.annotation(
      new AnnotationQueryBuilder().name(name).datasource(PROMETHEUS).enable(true).iconColor(color).expr(expr),
    );
  for (const panel of panels) board.withPanel(panelOf(panel));
  return board.build();
}

function panelOf({ description, isSigned, isStacked, queries, title, unit }: PanelSpec): PanelBuilder {
  const panel = new PanelBuilder()
    .title(title)
    .unit(unit)
    .datasource(PROMETHEUS)
    .legend(new VizLegendOptionsBuilder().showLegend(true))
    .tooltip(new VizTooltipOptionsBuilder());
  if (!isSigned) panel.min(0);
  if (description !== undefined) panel.description(description);
  if (isStacked) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal)).fillOpacity(30);
  for (const [index, { expr, legend }] of queries.entries()) {
    const refId = REF_IDS[index] ?? `Q${index}`;
    panel.withTarget(
      new DataqueryBuilder().refId(refId).expr(expr).legendFormat(legend).range().datasource(PROMETHEUS),
    );
  }
  return panel;
}
