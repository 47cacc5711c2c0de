import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "..");
const folder = mkdtempSync(path.join(tmpdir(), "fleet-chaos-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// Ports of its own: a demo may run beside it.
const ports = {
  "--lb-port": "27080",
  "--lb-proxy-port": "27081",
  "--wh-port": "27090",
  "--wh-standby-port": "27091",
  "--prometheus-port": "27990",
  "--alertmanager-port": "27093",
  "--aws-port": "27566",
};

test("three faults under constant load: nothing fails on healthy workers, and the fleet is back at its target", {
  timeout: 600_000,
}, async () => {
  const json = path.join(folder, "chaos.json");
  const args = ["chaos", "--quick", "--boot-seconds", "2", "--json", json, ...Object.entries(ports).flat()];
  const { code, output } = await new Promise<{ code: unknown; output: string }>((resolve) =>
    execFile(
      process.execPath,
      [path.join(root, "bench/bin/fleet-bench.mjs"), ...args],
      { cwd: root },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, output: `${stdout}\n${stderr}` }),
    ),
  );
  expect(code, output).toBe(0);
  const results = JSON.parse(readFileSync(json, "utf8"));
  expect(results.map(({ faults }: { faults: string[] }) => faults)).toEqual([
    ["kill-wh"],
    ["kill-prometheus"],
    ["kill-worker"],
  ]);
  for (const result of results) {
    expect(result.sent).toBeGreaterThan(3_000);
    expect(result.failed).toBe(result.failedOnDeadWorker);
    expect(result).toMatchObject({ doubledActions: 0, belowMin: 0, aboveMax: 0 });
  }
});
