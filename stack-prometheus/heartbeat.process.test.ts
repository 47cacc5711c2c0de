import { execFile } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeEach, expect, test } from "vitest";
import { DAMAGE, damage, SHELL_WORDS } from "../test/damage.ts";

const home = mkdtempSync(join(tmpdir(), "fleet-heartbeat-"));
const at = (...path: string[]) => join(home, ...path);

beforeEach(() => {
  rmSync(home, { recursive: true, force: true });
  mkdirSync(at("bin"), { recursive: true });
  mkdirSync(at("secrets"));
  for (const file of ["heartbeat.sh", "lib.sh", "state.sh"]) cpSync(join(import.meta.dirname, file), at(file));
  writeFileSync(at("secrets/prometheus_password"), 'a"b\\c');
  writeFileSync(
    at("env"),
    `METRIC_NAMESPACE='Fleet'\nFLEET_SECRETS_DIR='${at("secrets")}'\nAWS_COMMAND='${at("bin/aws")}'\n`,
  );
  program("aws", `echo "$6=$8" >>'${at("put")}'`);
  // Prometheus, which keeps what it was told by; and two scalers, of which the second leads.
  program(
    "curl",
    `case "$*" in
  *api/v1/query*) cat >'${at("asked")}'; echo '{"value":[1,"0.25"]}' ;;
  *8090*) echo 'wh_leader 0' ;;
  *) echo 'wh_leader 1' ;;
esac`,
  );
});
afterAll(() => rmSync(home, { recursive: true }));

function program(name: string, text: string): void {
  writeFileSync(at("bin", name), `#!/bin/sh\n${text}\n`);
  chmodSync(at("bin", name), 0o755);
}

function heartbeat(): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { PATH: `${at("bin")}:/usr/bin:/bin`, FLEET_MONITORING_ENV: at("env") };
  return promisify(execFile)("/bin/bash", [at("heartbeat.sh")], { env }).then(
    (ended) => ({ code: 0, ...ended }),
    (error) => error,
  );
}
const put = () => readFileSync(at("put"), { encoding: "utf8", flag: "a+" }).split("\n").filter(Boolean);

test("tells the share of errors, and that a scaler leads; the password is one line of curl's, whatever is in it", async () => {
  expect(await heartbeat()).toMatchObject({ code: 0, stderr: "" });
  expect(put()).toEqual(["ServerErrorShare=0.25", "ScalerHeartbeat=1"]);
  expect(readFileSync(at("asked"), "utf8")).toBe('user = "wh:a\\"b\\\\c"');
});

test.each([...Object.keys(DAMAGE), "two lines"])(
  "a password that is %s: the scaler's heartbeat goes on",
  async (kind) => {
    if (kind === "two lines") writeFileSync(at("secrets/prometheus_password"), 'x"\noutput = "/dev/full\n');
    else damage(at("secrets/prometheus_password"), kind);
    const { code, stderr } = await heartbeat();
    expect(code, stderr).toBe(0);
    expect(stderr).not.toMatch(SHELL_WORDS);
    expect(put()).toContain("ScalerHeartbeat=1");
    expect(readFileSync(at("asked"), "utf8")).toMatch(/^user = "wh:[!-~]*"$/);
  },
);

test.each([
  ["Prometheus does not answer", "curl", 'case "$*" in *query*) exit 7 ;; *) echo "wh_leader 1" ;; esac'],
  ["Prometheus answers garbage", "curl", 'case "$*" in *query*) echo "<html>" ;; *) echo "wh_leader 1" ;; esac'],
  ["CloudWatch does not take the share", "aws", `case "$*" in *Share*) exit 254 ;; *) echo "$6=$8" >>put ;; esac`],
])("where %s, the scaler's heartbeat goes on", async (_what, name, text) => {
  program(name, text);
  expect(await heartbeat()).toMatchObject({ code: 0 });
  expect(put()).toEqual(["ScalerHeartbeat=1"]);
});

test.each([
  ["no scaler leads", () => program("curl", "echo wh_leader 0"), /no scaler leads/],
  ["CloudWatch takes nothing", () => program("aws", "exit 254"), /CloudWatch does not take its heartbeat/],
  ["monitoring.env says nothing", () => writeFileSync(at("env"), "A=1\n"), /does not say METRIC_NAMESPACE: write it/],
  ["monitoring.env is empty", () => writeFileSync(at("env"), ""), /is empty: write it again/],
  ["monitoring.env is garbage", () => damage(at("env"), "garbage"), /is damaged: line 1/],
])("where %s: 1, and a sentence", async (_what, spoil, sentence) => {
  spoil();
  const { code, stderr } = await heartbeat();
  expect([code, stderr]).toEqual([1, expect.stringMatching(sentence)]);
  expect(stderr).not.toMatch(SHELL_WORDS);
  expect(put()).not.toContain("ScalerHeartbeat=1");
});
