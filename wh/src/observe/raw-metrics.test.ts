import { QUANTITIES, type Quantity } from "@compose-fleet/policy";
import { expect, test } from "vitest";
import type { QueryResult, Sample } from "./metrics-reader.ts";
import { rawMetricsOf, troublesOf } from "./raw-metrics.ts";

const empty: QueryResult = { ok: true, samples: [] };
const nothing = Object.fromEntries(QUANTITIES.map((quantity) => [quantity, empty])) as Record<Quantity, QueryResult>;
const vector = (...samples: Sample[]): QueryResult => ({ ok: true, samples });
const at = (labels: Record<string, string>, value: number): Sample => ({ labels, value });

test("samples are sorted by worker and service, and stay as they were sent", () => {
  const raw = rawMetricsOf({
    ...nothing,
    up: vector(at({ worker: "i-1" }, 1)),
    cpu: vector(at({ worker: "i-2" }, Number.NaN)),
    requests: vector(at({ worker: "i-1", service: "web" }, 40), at({ worker: "i-1", service: "internal" }, 2)),
    demand: vector(at({ service: "web" }, 39)),
  });
  expect([...raw.workers.keys()]).toEqual(["i-1", "i-2"]);
  expect(raw.workers.get("i-1")).toMatchObject({ up: 1, requests: new Map(Object.entries({ web: 40, internal: 2 })) });
  expect(raw.workers.get("i-1")?.cpu).toBeUndefined();
  expect(raw.workers.get("i-2")?.cpu).toBeNaN();
  expect(raw.demand.get("web")).toBe(39);
  expect(raw.problems).toEqual({});
});

test.each(QUANTITIES)("a failed query of %s is a problem, and no number", (quantity) => {
  const raw = rawMetricsOf({ ...nothing, [quantity]: { ok: false, problem: "timeout" } });
  expect(raw).toEqual({ workers: new Map(), demand: new Map(), problems: { [quantity]: "timeout" } });
});

test("no label of a worker or service is taken for a part of the language", () => {
  const odd = at({ worker: "__proto__", service: "constructor" }, 7);
  const raw = rawMetricsOf({ ...nothing, requests: vector(odd) });
  expect(raw.workers.get("__proto__")?.requests?.get("constructor")).toBe(7);
  expect(raw.workers.get("toString")).toBeUndefined();
});

test("troubles are of the fleet's services alone, in an order that stays", () => {
  const tells = (worker: string, service: string) => at({ worker, service, kind: "crash-loop", text: "it crashes" }, 3);
  const told = troublesOf(vector(tells("i-2", "web"), tells("i-1", "web"), tells("i-1", "__proto__")), { web: {} });
  expect(told.map(({ worker, service, text }) => `${worker} ${service}: ${text}`)).toEqual([
    "i-1 web: it crashes",
    "i-2 web: it crashes",
  ]);
  expect(troublesOf({ ok: false, problem: "down" }, { web: {} })).toEqual([]);
});
