import { columns } from "../score/columns.ts";
import type { Row } from "../score/row.ts";
import type { Timeline } from "../timeline/timeline.ts";
import { type ChartScale, chart, scaleOf } from "./chart.ts";
import { escaped, jsonContent } from "./markup.ts";
import { pageScript } from "./page-script.ts";
import { pageStyle } from "./page-style.ts";

/** A run as the report shows it. */
export interface ReportedRun {
  readonly row: Row;
  readonly timeline: Timeline;
}

/**
 * The runs as one page that asks for nothing else: figures and charts of each trace, policies beside each other, every decision with its
 * reason. `changes`: the `KEY=VALUE` pairs that were set.
 */
export function reportPage(runs: readonly ReportedRun[], changes: readonly string[]): string {
  const traces = [...new Set(runs.map(({ row }) => row.trace))];
  const sections = traces.map((trace) =>
    section(
      trace,
      runs.filter(({ row }) => row.trace === trace),
    ),
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>Policies on ${escaped(traces.join(", "))}</title>
<style>${pageStyle}</style>
</head>
<body>
<h1>What policies would have done</h1>
<p>A model: compare policies with it, its figures promise nothing. ${changes.length === 0 ? "" : `Changed: ${escaped(changes.join(", "))}. `}Times are UTC.</p>
${sections.join("\n")}
<script type="application/json" id="rows">${jsonContent(runs.map(({ row }) => row))}</script>
<script>${pageScript}</script>
</body>
</html>
`;
}

function section(trace: string, runs: readonly ReportedRun[]): string {
  const scale = scaleOf(runs.map(({ timeline }) => timeline));
  return `<section>
<h2>${escaped(trace)}</h2>
<p>Between slots: ${escaped(runs[0]?.row.interpolation ?? "")}. All charts reach to ${Math.round(scale.rate)} req/s and ${Math.ceil(scale.workers)} workers.</p>
${table(runs.map(({ row }) => row))}
<p class="legend"><span class="key" style="background: var(--demand)"></span>demand (line: the most in a tick)<span class="key" style="background: var(--capacity)"></span>capacity<span class="key" style="background: var(--lost)"></span>requests lost<span class="key" style="background: var(--workers)"></span>workers paid for<span class="key" style="background: var(--ink)"></span>decisions<span class="key" style="background: var(--line)"></span>not scored</p>
<div class="charts">
${runs.map((run) => figure(run, scale)).join("\n")}
</div>
</section>`;
}

function table(rows: readonly Row[]): string {
  const head = columns.map(({ title }) => `<th>${escaped(title)}</th>`).join("");
  const body = rows.map((row) => {
    const cells = columns.map(
      ({ key, title, digits }) =>
        `<td data-label="${escaped(title)}" data-key="${key}" data-value="${row[key]}">${row[key].toFixed(digits)}</td>`,
    );
    return `<tr data-trace="${escaped(row.trace)}" data-policy="${escaped(row.policy)}"><th scope="row">${escaped(row.policy)}</th>${cells.join("")}</tr>`;
  });
  return `<table>\n<thead><tr><th>policy</th>${head}</tr></thead>\n<tbody>\n${body.join("\n")}\n</tbody>\n</table>`;
}

function figure({ row, timeline }: ReportedRun, scale: ChartScale): string {
  const { policy, violationPercent, instanceHours, usdOnDemand } = row;
  const summary = `${violationPercent.toFixed(3)} % lost, ${instanceHours.toFixed(1)} hours, ${usdOnDemand.toFixed(2)} USD`;
  return `<figure data-policy="${escaped(policy)}">
<h3>${escaped(policy)}</h3>
<figcaption>${summary}</figcaption>
${chart(timeline, scale, escaped(`${policy}: ${summary}`))}
<output>Point at the chart, or use the arrow keys.</output>
<script type="application/json">${jsonContent(figures(timeline))}</script>
</figure>`;
}

/** The numbers behind a chart, as page-script.ts reads them. */
function figures({ startMs, spanSeconds, spans }: Timeline) {
  const decided = spans.flatMap(({ decisions, decisionCount }, index) => {
    const told = decisions.map(({ atMs, from, to, why }) => [atMs, from, to, why ?? ""]);
    return decisionCount === 0 ? [] : [[index, [decisionCount, told]] as const];
  });
  return {
    startMs,
    spanSeconds,
    spans: spans.map(({ offered, peak, capacity, lost, workers, isScored }) => [
      ...[offered, peak, capacity, lost, workers].map((value) => Number(value.toPrecision(4))),
      isScored ? 1 : 0,
    ]),
    decisions: Object.fromEntries(decided),
  };
}
