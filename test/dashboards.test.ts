import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { boards, MARKS, renderStacks } from "@compose-fleet/render";
import { parser } from "@prometheus-io/lezer-promql";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { TRAFFIC_QUERIES } from "../wh/src/console/traffic.ts";
import { createMetrics } from "../wh/src/metrics/metrics.ts";
import { testFleet } from "../wh/src/test-support/test-fleet.ts";

const root = path.resolve(import.meta.dirname, "..");
const read = (file: string) => readFileSync(path.join(root, file), "utf8");
const expressions = [
  ...boards.flatMap(({ panels, title }) =>
    panels.flatMap((panel) => panel.queries.map(({ expr }) => [`${title}: ${panel.title}`, expr] as const)),
  ),
  ...MARKS.map(({ expr, name }) => [`marks: ${name}`, expr] as const),
  ...Object.entries(TRAFFIC_QUERIES).map(([what, expr]) => [`console: ${what}`, expr] as const),
];

/** Metrics that an expression asks for; throws where it is none that Prometheus' own grammar knows. */
function metricsOf(expr: string): readonly string[] {
  const metrics: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ from, name, node, to, type }) => {
      if (type.isError) throw new Error(`not PromQL at ${from}: ${expr}`);
      const isMetric = name === "Identifier" && node.parent?.name === "VectorSelector";
      if (isMetric) metrics.push(expr.slice(from, to));
    },
  });
  return metrics;
}

/** What the table of docs/architecture.md says; `x_{a,b}` are two, `node_*` all that begin so. */
function documented(): (metric: string) => boolean {
  const [, table = ""] = /## Metrics and labels\n([\s\S]*?)\n## /.exec(read("docs/architecture.md")) ?? [];
  const names = table.split("\n").flatMap((row) => {
    const [, cell = ""] = row.split("|");
    return [...cell.matchAll(/`([\w:*]+)(?:_?\{([\w,]+)\})?/g)].flatMap(([whole, name = "", parts]) =>
      parts === undefined || whole.includes("{kind") ? [name] : parts.split(",").map((part) => `${name}${part}`),
    );
  });
  const exact = new Set(names.filter((name) => !name.endsWith("*")));
  const wildcards = names.filter((name) => name.endsWith("*")).map((name) => name.slice(0, -1));
  // What wh exports is asked of wh: a wildcard would take a misspelt one for good.
  const beginnings = wildcards.filter((name) => name !== "wh_");
  return (metric) => exact.has(metric) || beginnings.some((beginning) => metric.startsWith(beginning));
}

const recorded = new Set(
  readdirSync(path.join(root, "stack-prometheus/rules")).flatMap((file) =>
    (parse(read(`stack-prometheus/rules/${file}`)) as { groups: { rules: { record?: string }[] }[] }).groups.flatMap(
      ({ rules }) => rules.flatMap(({ record }) => record ?? []),
    ),
  ),
);
const ofWh = new Set(
  createMetrics(testFleet())
    .registry.getMetricsAsArray()
    .flatMap(({ name }) => [name, ...["bucket", "sum", "count"].map((part) => `${name}_${part}`)]),
);

describe("every expression of the dashboards and of the console", () => {
  const isDocumented = documented();

  test.each(expressions)("%s", (_what, expr) => {
    const metrics = metricsOf(expr);
    expect(metrics.length).toBeGreaterThan(0);
    expect(metrics.filter((metric) => !isDocumented(metric) && !recorded.has(metric) && !ofWh.has(metric))).toEqual([]);
  });

  test("is looked at by Prometheus' grammar, and a metric that nobody exports is found", () => {
    expect(() => metricsOf("sum by (worker (up)")).toThrow(/not PromQL/);
    expect(metricsOf('max(wh_nothing) / on (x) fleet:load:rate{a="b"}')).toEqual(["wh_nothing", "fleet:load:rate"]);
    expect([
      isDocumented("wh_nothing"),
      ofWh.has("wh_nothing"),
      isDocumented("up"),
      isDocumented("node_load1"),
    ]).toEqual([false, false, true, true]);
  });
});

describe("the boards", () => {
  const rendered = renderStacks(testFleet()).filter(({ path: file }) => file.includes("/dashboards/"));

  test("are one file each, which Grafana finds where compose puts it", () => {
    expect(boards.map(({ title }) => title)).toEqual(["Demo", "Nginx", "Nodes", "Cluster overview", "Scaler", "Cost"]);
    expect(rendered.map(({ path: file }) => path.basename(file, ".json"))).toEqual(boards.map(({ uid }) => uid));
    const { providers } = parse(read("stack-prometheus/grafana/provisioning/dashboards/fleet.yml"));
    const { volumes } = parse(read("stack-prometheus/compose.yml")).services.grafana;
    expect(volumes).toContain(`./rendered/dashboards:${providers[0].options.path}:ro`);
    expect(existsSync(path.join(root, "stack-prometheus/rendered/dashboards"))).toBe(true);
  });

  test("ask the datasource that is provisioned, and each query of a panel has a name of its own", () => {
    const { datasources } = parse(read("stack-prometheus/grafana/provisioning/datasources/prometheus.yml"));
    for (const { content } of rendered) {
      const { panels, uid } = JSON.parse(content);
      for (const { targets, title } of panels) {
        const refIds = targets.map(({ refId }: { refId: string }) => refId);
        expect([uid, title, new Set(refIds).size]).toEqual([uid, title, targets.length]);
        for (const { datasource } of targets) expect(datasource.uid).toBe(datasources[0].uid);
      }
    }
  });
});
