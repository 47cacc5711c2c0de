import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { countReady } from "../../stack-worker/container-metrics/exporter.mjs";

// Each test is a pitfall of scaling by Alertmanager, named after the fact; how the fleet stays out of it is in the test.

let home: string;

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), "fleet-pitfall-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** Runs production's scale.sh with a Docker that only writes down what it is asked, and has two replicas. */
function scale(...args: string[]) {
  const file = (name: string) => path.join(home, name);
  mkdirSync(file("bin"), { recursive: true });
  const docker = `#!/bin/sh\necho "$*" >>'${file("asked")}'\n[ "$1" != ps ] || printf 'a\\nb\\n'\n`;
  writeFileSync(file("bin/docker"), docker, { mode: 0o755 });
  writeFileSync(file("worker.env"), `FLEET_STATE_DIR='${file("state")}'\nCOMPOSE_PROJECT_NAME=pitfall\n`);
  // A fleet of the test's own: fleet.yaml is its user's.
  const stack = path.resolve(import.meta.dirname, "../../stack-worker");
  for (const name of ["scale.sh", "lib.sh", "leave.sh", "parameters.sh", "state.sh"])
    cpSync(path.join(stack, name), file(`stack/${name}`));
  mkdirSync(file("stack/rendered"), { recursive: true });
  writeFileSync(file("stack/rendered/services.tsv"), "service-a\t1\t10\t3000\t/api/\n");
  writeFileSync(file("stack/rendered/secrets.tsv"), "");
  const script = file("stack/scale.sh");
  const { stdout, stderr, status } = spawnSync(script, args, {
    encoding: "utf8",
    // biome-ignore lint/style/noProcessEnv: scripts need a PATH to run
    env: { PATH: `${file("bin")}:${process.env.PATH}`, FLEET_WORKER_ENV: file("worker.env") },
  });
  return { stdout, stderr, status, asked: readFileSync(file("asked"), "utf8").trim().split("\n"), file };
}

test("compose up recreates changed services and resets other counts: one service, never recreated, its number kept", () => {
  const { stdout, stderr, status, asked, file } = scale("service-a", "3");
  expect([stdout, status], stderr).toEqual(["service-a: 2 -> 3\n", 0]);
  expect(asked.filter((line) => line.startsWith("compose"))).toEqual([
    "compose --progress quiet up -d --no-deps --no-recreate --scale service-a=3 service-a",
  ]);
  expect(readFileSync(file("state/replicas/service-a"), "utf8")).toBe("3\n");
});

test("container names differ between versions of compose: replicas are counted by labels, whatever they are called", () => {
  const { asked } = scale("service-a", "3");
  const [look = ""] = asked.filter((line) => line.startsWith("ps"));
  expect(look).toContain("label=com.docker.compose.project=pitfall");
  expect(look).toContain("label=com.docker.compose.service=service-a");
  expect(look).not.toContain("name=");
  const container = (Name: string, service: string) => ({
    Id: Name,
    Names: [Name],
    Status: "Up 3 seconds (healthy)",
    Labels: { "com.docker.compose.service": service },
  });
  const ready = countReady(
    ["service-a"],
    [
      container("/p-service-a-1", "service-a"),
      container("/p_service-a_2", "service-a"),
      container("/odd", "service-a"),
      container("/p-service-a-4", "nginx"),
    ],
  );
  expect(ready.get("service-a")).toBe(3);
});
