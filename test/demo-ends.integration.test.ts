import { describe, expect, test } from "vitest";
import { cleanUp, fleetCommand, leftovers, options, present } from "./demo-run.ts";

/** Every few seconds a line says how much is offered: which of them comes first at ten or more depends on the machine. */
const UNDER_LOAD = / [1-9]\d+ req\/s offered/;
cleanUp();

async function untilNothingIsLeft(seconds: number): Promise<string[]> {
  const deadline = Date.now() + seconds * 1000;
  while (present().length > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 500));
  return leftovers();
}

describe("a demo that ends otherwise", { timeout: 900_000 }, () => {
  test("with the scaler held, the same load fails badly, and the run says so", async () => {
    const run = fleetCommand(
      "demo",
      ...options,
      "--rate",
      "300",
      "--ramp",
      "10s",
      "--hold",
      "20s",
      "--no-scaling",
      "--json",
    );
    expect(await run.ended, run.output()).toBe(0);
    const report = JSON.parse(run.stdout());
    expect(report.requests.failed / report.requests.sent).toBeGreaterThan(0.5);
    expect(report).toMatchObject({
      actions: 0,
      workers: { start: 1, peak: 1, end: 1 },
      replicas: { start: 1, peak: 1, end: 1 },
    });
    expect(leftovers()).toEqual([]);
  });

  test.each<[string, RegExp]>([
    ["while the fleet starts", /monitoring/],
    ["while the load runs", UNDER_LOAD],
  ])("Ctrl-C %s ends everything and exits with 130", async (_when, moment) => {
    const run = fleetCommand("demo", ...options, "--rate", "100", "--ramp", "60s");
    await run.until(moment);
    run.child.kill("SIGINT");
    run.child.kill("SIGINT");
    expect(await run.ended, run.output()).toBe(130);
    expect(leftovers()).toEqual([]);
  });

  test("also when the command is killed outright, nothing is left", async () => {
    const run = fleetCommand("demo", ...options, "--rate", "100", "--ramp", "60s");
    await run.until(UNDER_LOAD);
    run.child.kill("SIGKILL");
    await run.ended;
    expect(await untilNothingIsLeft(60)).toEqual([]);
  });
});
