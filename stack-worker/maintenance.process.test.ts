import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { damage } from "../test/damage.ts";
import { createScripts, type Scripts } from "./test/scripts-under-test.ts";

let worker: Scripts;
beforeAll(() => {
  worker = createScripts({ secrets: [] });
});
beforeEach(() => {
  worker.reset();
  worker.docker("replicas", ["a"]);
  writeFileSync(
    join(worker.home, "stack-worker/rendered/services.tsv"),
    ["web", "web-api", "api"].map((name) => `${name}\t1\t10\t3000\t/${name}/\n`).join(""),
  );
});
afterAll(() => worker.remove());

/** What the fleet's parameter says; or how asking for it fails. */
function say(text: string, exitCode = 0): void {
  const line = exitCode === 0 ? `printf '%s\\n' '${text}'` : `echo '${text}' >&2`;
  const rest = 'echo "An error occurred (ParameterNotFound)" >&2; exit 254';
  writeFileSync(
    join(worker.home, "parameter"),
    `#!/bin/sh\ncase "$1" in */maintenance) ${line}; exit ${exitCode} ;; */secrets/*) echo x ;; *) ${rest} ;; esac\n`,
    { mode: 0o755 },
  );
}
const flags = () =>
  readdirSync(worker.state("flags"))
    .filter((name) => name.startsWith("maintenance-"))
    .sort();

describe("maintenance.sh does what the parameter says", () => {
  test.each([
    ["none", [], "no service is in maintenance\n"],
    ["*", ["api", "web", "web-api"], "in maintenance: web web-api api\n"],
    ["web", ["web"], "in maintenance: web\n"],
    ["api gone", ["api"], "in maintenance: api\n"],
  ])("%s", (text, services, printed) => {
    say(text);
    for (const _twice of [1, 2])
      expect(worker.run("maintenance.sh")).toMatchObject({ code: 0, stdout: printed, stderr: "" });
    expect(flags()).toEqual(services.map((name) => `maintenance-${name}`));
  });

  test("whatever it said before", () => {
    for (const text of ["*", "web", "none", "api"]) {
      say(text);
      worker.run("maintenance.sh");
    }
    expect(flags()).toEqual(["maintenance-api"]);
  });

  test("a parameter that nobody wrote is none", () => {
    say("*");
    worker.run("maintenance.sh");
    say("An error occurred (ParameterNotFound) when calling GetParameter", 254);
    expect(worker.run("maintenance.sh")).toMatchObject({ code: 0, stdout: "no service is in maintenance\n" });
  });

  test.each([
    ["ThrottlingException: Rate exceeded", 254],
    ["", 255],
    ["<html>", 0],
    ["$(id)", 0],
  ])("unknown (%j) changes nothing: exit 1", (text, exitCode) => {
    say("web");
    worker.run("maintenance.sh");
    say(text, exitCode);
    const { code, stderr } = worker.run("maintenance.sh");
    expect([code, flags()]).toEqual([1, ["maintenance-web"]]);
    expect(stderr).toContain("maintenance stays as it was on this worker");
  });

  test("a service that is gone leaves no flag, and damaged flags are mended", () => {
    say("web api");
    worker.run("maintenance.sh");
    damage(worker.state("flags/maintenance-web"), "a folder");
    writeFileSync(join(worker.home, "stack-worker/rendered/services.tsv"), "web\t1\t10\t3000\t/web/\n");
    worker.run("maintenance.sh");
    expect(flags()).toEqual(["maintenance-web"]);
    say("none");
    worker.run("maintenance.sh");
    expect(flags()).toEqual([]);
  });
});

describe("start.sh", () => {
  test("a new worker knows before it serves", () => {
    say("web");
    expect(worker.run("start.sh").code).toBe(0);
    expect(flags()).toEqual(["maintenance-web"]);
  });
  test("that cannot read it starts all the same, says so and keeps what was", () => {
    say("web");
    worker.run("start.sh");
    say("ThrottlingException: Rate exceeded", 254);
    const { code, stderr } = worker.run("start.sh");
    expect([code, flags()]).toEqual([0, ["maintenance-web"]]);
    expect(stderr).toContain("cannot read which services are in maintenance: ThrottlingException");
  });
});

test.each([["on"], ["web"], ["--fence", "1"]])("maintenance.sh takes no argument: %s", (...args) => {
  expect(worker.run("maintenance.sh", ...args)).toMatchObject({ code: 64 });
  rmSync(worker.state("flags"), { recursive: true, force: true });
});
