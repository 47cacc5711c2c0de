import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { cleanUp, fleetCommand, leftovers, options } from "./demo-run.ts";
import { panelsNeverWithData } from "./panels-with-data.ts";

const folder = mkdtempSync(path.join(tmpdir(), "fleet-demo-"));
cleanUp();
afterAll(() => rmSync(folder, { recursive: true }));

test("the demo scales out at both levels, loses no request, scales in, fills every dashboard, leaves nothing", {
  timeout: 900_000,
}, async () => {
  const report = path.join(folder, "report.json");
  const run = fleetCommand("demo", ...options, "--rate", "300", "--ramp", "40s", "--hold", "20s", "--report", report);
  const [code, withoutData] = await Promise.all([run.ended, panelsNeverWithData("demotest", run.ended)]);
  expect(code, run.output()).toBe(0);
  const { requests, workers, replicas, reversals } = JSON.parse(readFileSync(report, "utf8"));
  expect(requests.failed, run.output()).toBe(0);
  expect(requests.sent).toBeGreaterThan(12_000);
  expect(workers).toMatchObject({ start: 1, end: 1 });
  expect(workers.peak).toBeGreaterThan(1);
  expect(replicas).toMatchObject({ start: 1, end: 1 });
  expect(replicas.peak).toBeGreaterThan(4);
  expect(reversals).toBeLessThanOrEqual(2);
  // Every panel of Grafana's dashboards shows something of it.
  expect(withoutData).toEqual([]);
  expect(leftovers()).toEqual([]);
});
