import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { DAMAGE, damage } from "../test/damage.ts";
import { createScripts, type Scripts } from "./test/scripts-under-test.ts";

let worker: Scripts;
beforeAll(() => {
  worker = createScripts({ secrets: ["API_KEY", "OTHER"] });
});
beforeEach(() => {
  worker.reset();
  worker.docker("replicas", ["a", "b", "c"]);
});
afterAll(() => worker.remove());

const isPlain = (path: string): boolean => statSync(path).isFile();
const kinds = Object.keys(DAMAGE);
/** One of each way in which a shell may be led astray, for what reads by the same functions as the fence. */
const few = ["empty", "NUL bytes", "something that a shell would run", "a folder", "a link to nothing"];
const fences = [
  ["scale.sh", "fence/service-a", ["service-a", "4"], ["service-a", "2"]],
  ["drain.sh", "fence/.drain", ["start"], ["cancel"]],
] as const;

describe.each(fences)("the fence of %s", (script, file, first, second) => {
  test.each(kinds)("replaced by %s: told, and lower ones are refused from then on", (kind) => {
    damage(worker.state(file), kind);
    const taken = worker.run(script, ...first, "--fence", "500");
    expect(taken.code, taken.stderr).toBe(0);
    expect(taken.stderr).toContain(`${worker.state(file)} cannot be read`);
    expect(readFileSync(worker.state(file), "utf8")).toBe("500\n");
    expect(worker.run(script, ...second, "--fence", "100")).toMatchObject({ code: 66, stdout: "" });
    expect(worker.run(script, ...second, "--fence", "501").code).toBe(0);
  });

  test.each(kinds)("replaced by %s after it was seen: not forgotten", (kind) => {
    expect(worker.run(script, ...first, "--fence", "500").code).toBe(0);
    damage(worker.state(file), kind);
    const refused = worker.run(script, ...second, "--fence", "499");
    expect(refused).toMatchObject({ code: 66, stdout: "" });
    expect(refused.stderr).toContain("its copy says 500");
    expect(worker.run(script, ...second, "--fence", "500").code).toBe(0);
    expect(isPlain(worker.state(file))).toBe(true);
  });

  test("cut off, it is as high as its copy", () => {
    expect(worker.run(script, ...first, "--fence", "29389000000017").code).toBe(0);
    writeFileSync(worker.state(file), "2938900");
    expect(worker.run(script, ...second, "--fence", "29389000000016").code).toBe(66);
  });

  test("digits are decimal, whatever they begin with", () => {
    expect(worker.run(script, ...first, "--fence", "0089").code).toBe(0);
    expect(worker.run(script, ...second, "--fence", "88").code).toBe(66);
  });
});

describe("a count", () => {
  test.each(few)("replaced by %s: start.sh goes by what runs and makes it whole", (kind) => {
    damage(worker.state("replicas/service-a"), kind);
    const { code, stdout, stderr } = worker.run("start.sh");
    expect(code, stderr).toBe(0);
    expect(stdout).toBe("serving: service-a=3\n");
    expect(stderr).toContain("replicas/service-a cannot be read: going by what runs");
    expect(readFileSync(worker.state("replicas/service-a"), "utf8")).toBe("3\n");
  });

  test.each(few)("replaced by %s: scale.sh sets it all the same", (kind) => {
    damage(worker.state("replicas/service-a"), kind);
    expect(worker.run("scale.sh", "service-a", "5")).toMatchObject({ code: 0, stdout: "service-a: 3 -> 5\n" });
    expect(readFileSync(worker.state("replicas/service-a"), "utf8")).toBe("5\n");
  });

  test.each(few)("replaced by %s during a release: a step is one from what runs", (kind) => {
    damage(worker.state("replicas/service-a"), kind);
    const lock = worker.state("release.lock");
    const command = `exec 8>'${lock}'; flock 8; '${join(worker.home, "stack-worker/scale.sh")}' service-a up`;
    const env = {
      PATH: `${worker.home}/bin:/usr/bin:/bin`,
      FAKE_DOCKER: join(worker.home, "docker"),
      FLEET_WORKER_ENV: join(worker.home, "worker.env"),
    };
    const { status, stdout, stderr } = spawnSync("bash", ["-c", command], { encoding: "utf8", env });
    expect([status, stdout], stderr).toEqual([0, "service-a: 3 -> 4\n"]);
  });

  test("cut off after its first digit, it is no reason to end replicas", () => {
    damage(worker.state("replicas/service-a"), "empty");
    writeFileSync(worker.state("replicas/service-a"), "1");
    expect(worker.run("start.sh").stdout).toBe("serving: service-a=3\n");
  });
});

describe("a flag", () => {
  test.each(few)("replaced by %s is up, until it is taken down", (kind) => {
    damage(worker.state("flags/drain"), kind);
    expect(worker.run("drain.sh", "status")).toMatchObject({ code: 0, stdout: "draining\n" });
    expect(worker.run("drain.sh", "start")).toMatchObject({ code: 0, stdout: "draining\n" });
    expect(isPlain(worker.state("flags/drain"))).toBe(true);
    damage(worker.state("flags/drain"), kind);
    expect(worker.run("drain.sh", "cancel")).toMatchObject({ code: 0, stdout: "serving\n" });
    expect(existsSync(worker.state("flags/drain"))).toBe(false);
  });

  test.each(few)("replaced by %s is gone once the worker serves, and once it is stopped", (kind) => {
    for (const script of ["start.sh", "stop.sh"]) {
      for (const flag of ["drain", "starting"]) damage(worker.state(`flags/${flag}`), kind);
      expect(worker.run(script).code, script).toBe(0);
      for (const flag of ["drain", "starting"]) expect(existsSync(worker.state(`flags/${flag}`)), flag).toBe(false);
    }
  });
});

describe("secrets", () => {
  const whole = "API_KEY='it\\'s API_KEY'\nOTHER='it\\'s OTHER'\n";
  const file = () => worker.state("secrets/service-a.env");

  test.each(few)("replaced by %s are read again before a replica starts", (kind) => {
    for (const args of [["start.sh"], ["scale.sh", "service-a", "5"]]) {
      damage(file(), kind);
      const [script = "", ...rest] = args;
      const { code, stderr } = worker.run(script, ...rest);
      expect(code, stderr).toBe(0);
      expect(readFileSync(file(), "utf8")).toBe(whole);
    }
  });

  test.each([whole.slice(0, 10), whole.slice(0, 24), whole.slice(0, -2)])("cut off (%j) are read again", (cut) => {
    worker.run("start.sh");
    writeFileSync(file(), cut);
    expect(worker.run("scale.sh", "service-a", "5").code).toBe(0);
    expect(readFileSync(file(), "utf8")).toBe(whole);
  });

  test("that are whole are not asked for again", () => {
    worker.run("start.sh");
    writeFileSync(join(worker.home, "parameter"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    expect(worker.run("scale.sh", "service-a", "5").code).toBe(0);
  });

  test("that cannot be read again: no replica starts without them", () => {
    worker.run("start.sh");
    writeFileSync(file(), "");
    writeFileSync(join(worker.home, "parameter"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    worker.asked();
    const { code, stderr } = worker.run("scale.sh", "service-a", "5");
    expect(code).toBe(1);
    expect(stderr).toContain("cannot read the secret API_KEY");
    expect(worker.asked().filter((line) => line.includes(" up "))).toEqual([]);
  });
});

test.each([
  ["start.sh", ["now"]],
  ["start.sh", ["--help", "now"]],
  ["start.sh", [""]],
  ["stop.sh", ["--volumes", "now"]],
  ["stop.sh", ["", "--volumes"]],
  ["scale.sh", ["service-a", "4", "5"]],
  ["drain.sh", ["start", "cancel"]],
])("%s refuses %j, and asks Docker nothing", (script, args) => {
  const before = worker.asked().length;
  const { code, stderr } = worker.run(script, ...args);
  expect([code, stderr]).toEqual([64, expect.stringContaining(`${script}: got `)]);
  expect(worker.asked()).toHaveLength(before);
});

describe.each(["scale.sh", "drain.sh", "start.sh", "stop.sh"])("for %s", (script) => {
  const args =
    script === "scale.sh" ? ["service-a", "4", "--fence", "7"] : script === "drain.sh" ? ["start", "--fence", "7"] : [];

  test.each(["a folder", "a link to itself"])("a lock replaced by %s is made anew", (kind) => {
    damage(worker.state("lock"), kind);
    damage(worker.state("release.lock"), kind);
    const { code, stderr } = worker.run(script, ...args);
    expect(code, stderr).toBe(0);
    expect(isPlain(worker.state("lock"))).toBe(true);
  });

  test.each(["empty", "garbage", "a folder", "a link to nothing"])(
    "worker.env replaced by %s: a sentence that names it, and nothing is done",
    (kind) => {
      const file = join(worker.home, "worker.env");
      damage(file, kind);
      const { code, stdout, stderr } = worker.run(script, ...args);
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(/worker\.env (is|cannot|names)/);
      expect(worker.asked()).toEqual([]);
    },
  );

  test("worker.env cut off inside a value: the same", () => {
    writeFileSync(join(worker.home, "worker.env"), "FLEET_NAME='demo'\nFLEET_STATE_DIR='/var/l");
    const { code, stderr } = worker.run(script, ...args);
    expect(code).toBe(1);
    expect(stderr).toContain("ends inside a quotation");
  });

  test("a state folder that is a file: a sentence", () => {
    writeFileSync(worker.state(""), "");
    const { code, stderr } = worker.run(script, ...args);
    expect(code).toBe(1);
    expect(stderr).toContain(`cannot keep anything in ${join(worker.home, "state")}`);
  });
});

test.each(["scale.sh", "start.sh"])("for %s, bounds that cannot be read are not 'no bounds'", (script) => {
  for (const content of ["", "\0\0", "service-a\n", "service-a\tx\ty\t1\t/\n"]) {
    writeFileSync(join(worker.home, "stack-worker/rendered/services.tsv"), content);
    const { code, stderr } = worker.run(script, ...(script === "scale.sh" ? ["service-a", "999"] : []));
    expect(code).toBe(1);
    expect(stderr).toContain("services.tsv is damaged");
  }
});

test("the whole table of damage ran no command of a file", () => {
  expect(existsSync("/tmp/fleet-was-here")).toBe(false);
});

test("both stacks have the same functions for files, images and revisions", () => {
  for (const file of ["state.sh", "images.sh", "old-images.sh", "revisions.sh"]) {
    const of = (stack: string) => readFileSync(resolve(import.meta.dirname, "..", stack, file), "utf8");
    expect(of("stack-prometheus")).toBe(of("stack-worker"));
  }
});

// Only root can make these worlds; elsewhere they are skipped by name.
const isRoot = process.getuid?.() === 0;
const mounts =
  isRoot &&
  spawnSync("sh", ["-c", "d=$(mktemp -d) && mount -t tmpfs -o size=64k tmpfs $d && umount $d; rmdir $d"]).status === 0;

describe.skipIf(!mounts)("on a state folder of its own", () => {
  const fill = () => spawnSync("sh", ["-c", `cat /dev/zero >'${worker.state("filler")}'`]);
  beforeEach(() => {
    mkdirSync(worker.state(""));
    spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", worker.state("")]);
    expect(worker.run("start.sh").code).toBe(0);
    expect(worker.run("scale.sh", "service-a", "4", "--fence", "500").code).toBe(0);
    expect(worker.run("drain.sh", "cancel", "--fence", "500").code).toBe(0);
  });
  afterEach(() => void spawnSync("umount", ["-l", worker.state("")]));

  test.each([
    ["a full disk", fill, /cannot write .*: No space left on device/],
    [
      "a read-only folder",
      () => spawnSync("mount", ["-o", "remount,ro", worker.state("")]),
      /Read-only file system|cannot be written/,
    ],
  ])("%s: told, nothing is changed, nothing is torn", (_world, spoil, sentence) => {
    const files = ["replicas/service-a", "fence/service-a", "fence/.drain", "secrets/service-a.env"];
    const before = files.map((file) => readFileSync(worker.state(file), "utf8"));
    spoil();
    worker.asked();
    for (const [script, ...args] of [
      ["scale.sh", "service-a", "5", "--fence", "600"],
      ["drain.sh", "start", "--fence", "600"],
      ["start.sh"],
    ] as const) {
      const { code, stderr } = worker.run(script, ...args);
      expect(code, script).toBe(1);
      expect(stderr, script).toMatch(sentence);
    }
    expect(files.map((file) => readFileSync(worker.state(file), "utf8"))).toEqual(before);
    expect(worker.asked().filter((line) => line.includes(" up "))).toEqual([]);
    expect(worker.run("drain.sh", "status")).toMatchObject({ code: 0, stdout: "serving\n" });
  });

  test("a full disk does not keep a worker from stopping", () => {
    fill();
    expect(worker.run("stop.sh")).toMatchObject({ code: 0, stdout: "stopped\n" });
  });
});

describe.skipIf(!isRoot)("without permission, as a user who is not root", () => {
  const uid = 65_534;
  test.each(["fence/service-a", "replicas/service-a", "lock", "secrets/service-a.env", ""])(
    "for %j: told, and the fence holds",
    (file) => {
      mkdirSync(worker.state(""));
      chownSync(worker.state(""), uid, uid);
      expect(worker.runWith({ uid }, "scale.sh", "service-a", "4", "--fence", "500").code).toBe(0);
      if (file === "") chownSync(worker.state(""), 0, 0);
      chmodSync(worker.state(file), 0);
      const lower = worker.runWith({ uid }, "scale.sh", "service-a", "2", "--fence", "100");
      expect([1, 66]).toContain(lower.code);
      expect(lower.stderr).not.toBe("");
    },
  );
});
