import { execFile } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeEach, expect, test } from "vitest";

const home = mkdtempSync(join(tmpdir(), "fleet-scaletest-"));
const at = (...path: string[]) => join(home, ...path);
const SCRIPT = at("stack-prometheus/scaletest.sh");
const TABLE = at("stack-prometheus/rendered/services.tsv");

beforeEach(() => {
  rmSync(home, { recursive: true, force: true });
  mkdirSync(at("stack-prometheus/rendered"), { recursive: true });
  mkdirSync(at("bin"));
  cpSync(join(import.meta.dirname, "scaletest.sh"), SCRIPT);
  writeFileSync(TABLE, "api\t1\t10\t3000\t/api/\nweb-1\t0\t3\t3000\t/\n");
  // A machine on which both run; Prometheus answers what the file says, and what Alertmanager is asked is written down.
  writeFileSync(at("workers"), '{job="worker", worker="i-1", zone="a"} => 1 @[1]\n{worker="i-2"} => 0 @[1]\n');
  writeFileSync(
    at("bin/docker"),
    `#!/bin/sh
case "$*" in
  ps*prometheus*) echo p ;; ps*) echo a ;;
  *promtool*) cat '${at("workers")}' ;;
  *date*) echo 2030-01-01T00:00:00Z ;;
  *amtool*add*) echo "$*" >>'${at("added")}' ;;
esac
`,
  );
  chmodSync(at("bin/docker"), 0o755);
});
afterAll(() => rmSync(home, { recursive: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function scaletest(path: string, ...args: string[]): Promise<Ended> {
  return promisify(execFile)("/bin/bash", [SCRIPT, ...args], { env: { PATH: path } }).then(
    (result) => ({ code: 0, ...result }),
    (error) => error,
  );
}
const withDocker = (...args: string[]) => scaletest(`${at("bin")}:/usr/bin:/bin`, ...args);
/** What is refused must be refused before anything is asked or changed. */
const withoutDocker = (...args: string[]) => scaletest("/nowhere", ...args);
const added = () => readFileSync(at("added"), { encoding: "utf8", flag: "a+" });

test.each([
  ["no name", [], /name the alert/],
  ["a name that does not scale", ["InstanceDown"], /no alert that scales is called 'InstanceDown'/],
  ["two names", ["HighCPU", "LowCPU"], /one alert at a time/],
  ["an unknown option", ["HighCPU", "--force"], /unknown option '--force'/],
  ["an option without its value", ["HighCPU", "--for"], /--for needs a value/],
  ["an empty service, which is not every service", ["HighRequestRate", "--service", ""], /--service needs a value/],
  ["an empty worker, which is not every worker", ["HighRequestRate", "--worker", ""], /--worker needs a value/],
  ["an empty time", ["HighCPU", "--for", ""], /--for needs a value/],
  ["two services", ["HighRequestRate", "--service", "api", "--service", "web-1"], /got --service twice/],
  ["a time said twice", ["HighCPU", "--for", "5s", "--for", "5s"], /got --for twice/],
  ["an empty worker at the end, too", ["LowRequestRate", "--worker", "", "--end"], /--worker needs a value/],
  ["a direction that contradicts the name", ["HighCPU", "--direction", "down"], /HighCPU means up/],
  ["a service for an alert about instances", ["HighCPU", "--service", "api"], /about the whole fleet/],
  ["a service with shell characters", ["HighRequestRate", "--service", "$(id)"], /--service takes a service's name/],
  ["a worker with shell characters", ["HighRequestRate", "--worker", "i-1;id"], /--worker takes an instance id/],
  ["a time without a unit", ["HighCPU", "--for", "60"], /--for takes a time such as 60s/],
  ["a time of nothing", ["HighCPU", "--for", "0s"], /--for takes a time/],
  ["a time past an hour", ["HighCPU", "--for", "61m"], /at most 60m/],
  ["an end with a time", ["HighCPU", "--end", "--for", "5s"], /leave --for out/],
  [
    "a service that the fleet does not have",
    ["LowRequestRate", "--service", "ap"],
    /no service 'ap'. It has: api web-1/,
  ],
  ["two services in one", ["LowRequestRate", "--service", "api web-1"], /--service takes a service's name/],
])("refuses %s", async (_rule, args, sentence) => {
  const { code, stderr } = await withoutDocker(...args);
  expect(code).toBe(2);
  expect(stderr).toMatch(sentence);
});

test.each([
  ["every service", []],
  ["a service", ["--service", "web-1"]],
  ["a worker", ["--worker", "i-2"]],
  ["a replica", ["--service", "api", "--worker", "i-1", "--for", "2m"]],
])("sends an alert about %s", async (_rule, args) => {
  const ended = await withDocker("HighRequestRate", ...args);
  expect(ended.code, ended.stderr).toBe(0);
  expect(added()).toContain("alertname=HighRequestRate");
});

test.each(["i-", "i-3", "worker", "i-1.2"])("refuses the worker %s with those that there are", async (worker) => {
  const { code, stderr } = await withDocker("HighRequestRate", "--worker", worker);
  expect([code, added()]).toEqual([2, ""]);
  expect(stderr).toContain(`the fleet has no worker '${worker}'. It has: i-1 i-2`);
});

test.each([
  ["missing", () => rmSync(TABLE)],
  ["empty", () => writeFileSync(TABLE, "")],
  ["cut off in a name", () => writeFileSync(TABLE, "api\t1\t10\t3000\t/api/\nwe")],
  ["garbage", () => writeFileSync(TABLE, Buffer.from([0xff, 0x00, 0x24, 0x0a, 0x09]))],
  [
    "a folder",
    () => {
      rmSync(TABLE);
      mkdirSync(TABLE);
    },
  ],
])("with a table of services that is %s, nothing is sent about one service", async (_what, spoil) => {
  spoil();
  const { code, stderr } = await withDocker("HighRequestRate", "--service", "api");
  expect([code, added()]).toEqual([1, ""]);
  expect(stderr).toMatch(/services\.tsv, which names the services, is damaged or missing: release again. Nothing was/);
  expect((await withDocker("HighRequestRate")).code).toBe(0);
});

test("with a Prometheus that does not answer, nothing is sent about one worker", async () => {
  rmSync(at("workers"));
  const { code, stderr } = await withDocker("HighRequestRate", "--worker", "i-1");
  expect([code, added()]).toEqual([1, ""]);
  expect(stderr).toContain("Prometheus cannot be asked which workers there are");
});

test("an alert about a service that is gone can be ended", async () => {
  const { code, stderr } = await withDocker("HighRequestRate", "--service", "gone", "--worker", "i-9", "--end");
  expect([code, stderr]).toEqual([1, expect.stringContaining("nothing to end")]);
});
