import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createScripts, type Scripts } from "./test/scripts-under-test.ts";

let worker: Scripts;
beforeAll(() => {
  worker = createScripts({ secrets: [] });
});
beforeEach(() => {
  worker.reset();
  worker.docker("replicas", ["a"]);
  table("service-a\tSTAFF OTHER\n");
  give({ STAFF: "staff:pass:w ord $1 'x'", OTHER: "other:second" });
});
afterAll(() => worker.remove());

const table = (text: string) => writeFileSync(join(worker.home, "stack-worker/rendered/logins.tsv"), text);
const published = () => worker.state("logins/service-a");

/** What Parameter Store has. */
function give(secrets: Readonly<Record<string, string>>): void {
  const cases = Object.entries(secrets).map(
    ([name, value]) => `*/secrets/${name}) printf '%s\\n' '${value.replaceAll("'", "'\\''")}' ;;`,
  );
  writeFileSync(join(worker.home, "parameter"), `#!/bin/sh\ncase "$1" in ${cases.join(" ")} *) exit 1 ;; esac\n`, {
    mode: 0o755,
  });
}

/** Whether a line of the user file is the hash of this password, by openssl's own reading of its salt. */
function isHashOf(line: string, password: string): boolean {
  const [, salt = "", hash = ""] = /^[^:]+:\$5\$(rounds=1000\$[^$]+)\$(.*)$/.exec(line) ?? [];
  const made = execFileSync("openssl", ["passwd", "-5", "-salt", salt, "-stdin"], {
    input: `${password}\n`,
    encoding: "utf8",
  });
  return hash !== "" && made.trim() === `$5$${salt}$${hash}`;
}

describe("logins of a service", () => {
  test("are hashed, readable for nginx below a folder that is closed to others, and the same each time", () => {
    expect(worker.run("start.sh").code).toBe(0);
    const text = readFileSync(published(), "utf8");
    const [staff = "", other = ""] = text.split("\n");
    expect([isHashOf(staff, "pass:w ord $1 'x'"), isHashOf(other, "second")]).toEqual([true, true]);
    expect([staff.split(":")[0], other.split(":")[0]]).toEqual(["staff", "other"]);
    const mode = (path: string) => statSync(worker.state(path)).mode & 0o777;
    expect([mode(""), mode("logins"), mode("logins/service-a"), mode("secrets/service-a.logins")]).toEqual([
      0o700, 0o755, 0o444, 0o600,
    ]);
    expect(worker.run("start.sh").code).toBe(0);
    expect(readFileSync(published(), "utf8")).toBe(text);
  });

  test.each([
    ["no colon", "staff"],
    ["no user", ":word"],
    ["no password", "staff:"],
    ["a sign that browsers send in different ways", "staff:pässword"],
    ["more than nginx and openssl take", `staff:${"x".repeat(300)}`],
  ])("that are none (%s) keep the worker from starting, and are not shown", (_rule, value) => {
    give({ STAFF: value, OTHER: "other:second" });
    const { code, stdout, stderr } = worker.run("start.sh");
    expect(code).toBe(1);
    expect(stderr).toContain("the secret STAFF is no login for service-a: set it to USER:PASSWORD");
    expect(stdout + stderr).not.toContain(value);
    expect(existsSync(published())).toBe(false);
  });

  test("that are missing are named", () => {
    give({ STAFF: "staff:first" });
    const { code, stderr } = worker.run("start.sh");
    expect(code).toBe(1);
    expect(stderr).toContain("create the parameter /fleet/demo/test/secrets/OTHER");
  });

  test("that nobody asks for any more are gone", () => {
    worker.run("start.sh");
    table("");
    expect(worker.run("start.sh").code).toBe(0);
    expect([existsSync(published()), existsSync(worker.state("secrets/service-a.logins"))]).toEqual([false, false]);
  });

  test("never stand in what is asked of Docker, nor in arguments of programs", () => {
    // A program's arguments can be read by everybody on the machine: openssl gets the password otherwise.
    const openssl = join(worker.home, "bin/openssl");
    const real = execFileSync("sh", ["-c", "command -v openssl"], { encoding: "utf8" }).trim();
    writeFileSync(openssl, `#!/bin/sh\necho "$*" >>"${worker.home}/arguments"\nexec ${real} "$@"\n`);
    chmodSync(openssl, 0o755);
    worker.asked();
    worker.run("start.sh");
    const seen = `${readFileSync(join(worker.home, "arguments"), "utf8")}${worker.asked().join("\n")}`;
    expect(seen).toContain("passwd -5");
    expect(seen).not.toMatch(/w ord|second/);
  });
});
