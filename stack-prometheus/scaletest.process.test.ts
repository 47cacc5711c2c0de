import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const SCRIPT = fileURLToPath(new URL("scaletest.sh", import.meta.url));

/** Without a `docker` on the path: what is refused must be refused before anything is asked or changed. */
function scaletest(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return promisify(execFile)("/bin/bash", [SCRIPT, ...args], { env: { PATH: "/nowhere" } }).then(
    (result) => ({ code: 0, ...result }),
    (error) => error,
  );
}

test.each([
  ["no name", [], /name the alert/],
  ["a name that does not scale", ["InstanceDown"], /no alert that scales is called 'InstanceDown'/],
  ["two names", ["HighCPU", "LowCPU"], /one alert at a time/],
  ["an unknown option", ["HighCPU", "--force"], /unknown option '--force'/],
  ["an option without its value", ["HighCPU", "--for"], /--for needs a value/],
  ["a direction that contradicts the name", ["HighCPU", "--direction", "down"], /HighCPU means up/],
  ["a service for an alert about instances", ["HighCPU", "--service", "service-a"], /about the whole fleet/],
  ["a service with shell characters", ["HighRequestRate", "--service", "$(id)"], /--service takes a service's name/],
  ["a worker with shell characters", ["HighRequestRate", "--worker", "i-1;id"], /--worker takes an instance id/],
  ["a time without a unit", ["HighCPU", "--for", "60"], /--for takes a time such as 60s/],
  ["a time of nothing", ["HighCPU", "--for", "0s"], /--for takes a time/],
  ["a time past an hour", ["HighCPU", "--for", "61m"], /at most 60m/],
  ["an end with a time", ["HighCPU", "--end", "--for", "5s"], /leave --for out/],
])("refuses %s", async (_rule, args, sentence) => {
  const { code, stderr } = await scaletest(...args);
  expect(code).toBe(64);
  expect(stderr).toMatch(sentence);
});
