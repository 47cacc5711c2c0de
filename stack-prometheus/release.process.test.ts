import { readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { DAMAGE, damage, SHELL_WORDS } from "../test/damage.ts";
import { createReleasedMachine, type ReleasedMachine } from "../test/released-machine.ts";

const fleet = {
  name: "demo",
  environment: "production",
  services: { api: { path: "/api/", port: 3000, memory: "192m", capacity: { requestsPerSecond: 71 } } },
};
const ours = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/fleet-demo-production";

let machine: ReleasedMachine;
/** What each revision leaves when nothing disturbs it. */
const undisturbed: Record<string, Readonly<Record<string, string>>> = {};
/** What Docker is asked meanwhile. */
const asked: Record<string, readonly string[]> = {};
beforeAll(async () => {
  machine = await createReleasedMachine({
    kind: "prometheus",
    revisions: {
      first: { fleet, files: { ".env": `WH_IMAGE=${ours}/wh:1\n`, "rules/old.yml": "groups: []\n" } },
      second: { fleet, files: { ".env": `WH_IMAGE=${ours}/wh:2\n`, "rules/new.yml": "groups: []\n" } },
    },
  });
  const first = await machine.release("first");
  expect(first, first.stderr).toMatchObject({ code: 0 });
  machine.keep();
  for (const name of ["first", "second"]) {
    const ended = await machine.release(name);
    expect(ended, ended.stderr).toMatchObject({ code: 0, stderr: "" });
    undisturbed[name] = machine.state();
    asked[name] = [...machine.engine.asked];
    machine.back();
  }
});
beforeEach(() => machine.back());
afterAll(() => machine.remove());

const only = (state: Readonly<Record<string, string>>, pattern: RegExp) =>
  Object.fromEntries(Object.entries(state).filter(([name]) => pattern.test(name)));
const WHAT_RUNS = /^(live|kept\/current|containers|state\/)/;
/** Each is two releases. */
const RUNS = 2;

const events = fc.oneof(
  fc.record({ event: fc.constant("BeforeInstall"), at: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ event: fc.constant("AfterInstall"), at: fc.integer({ min: 1, max: 120 }) }),
  fc.record({ event: fc.constant("ApplicationStart"), at: fc.integer({ min: 1, max: 300 }) }),
  fc.record({ event: fc.constant("ValidateService"), at: fc.integer({ min: 1, max: 120 }) }),
);

test("compose, which is slow to start, is asked once a hook", () => {
  const questions = (asked.second ?? []).filter((line) => /^compose (config|ps)/.test(line));
  expect(questions).toEqual(["compose config", "compose config", "compose config --services"]);
});

test("killed at any command, the next release brings the machine where it shall be", async () => {
  await fc.assert(
    fc.asyncProperty(events, fc.constantFrom("second", "second", "first"), async ({ event, at }, next) => {
      machine.back();
      const file = machine.at("disturb.sh");
      const here = `[ "\${LIFECYCLE_EVENT:-}" != ${event} ] || [ "$((++_commands))" -ne ${at} ]`;
      writeFileSync(file, `set -T\n_commands=0\ntrap '${here} || kill -9 0' DEBUG\n`);
      const killed = await machine.release("second", { env: { BASH_ENV: file } });
      expect([0, 137]).toContain(killed.code);
      const ended = await machine.release(next);
      expect(ended.code, ended.stderr).toBe(0);
      const part = next === "second" ? /./ : WHAT_RUNS;
      expect(only(machine.state(), part)).toEqual(only(undisturbed[next] ?? {}, part));
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
});

/** Files that the scripts read, by where they are below the machine's home. */
const READ_BY_SCRIPTS = [
  "secrets",
  "secrets/api_token",
  "secrets/.htpasswd",
  "secrets/web.yml",
  "secrets/.lock",
  "revisions-monitoring/lock",
  "revisions-monitoring/current",
  "revisions-monitoring/previous",
  "revisions-monitoring/.new",
  "revisions-monitoring/current/compose.yml",
  "revisions-monitoring/current/revision.json",
  "revisions-monitoring/current/.sha256",
  "incoming",
  "incoming/stack-prometheus/rendered/secrets.tsv",
  "incoming/stack-prometheus/fleet.yaml",
  "stack-prometheus/compose.yml",
  "stack-prometheus/revision.json",
  "stack-prometheus/rendered",
  "stack-prometheus/rendered/secrets.tsv",
  "stack-prometheus/fleet.yaml",
  "stack-prometheus/rules",
  "stack-prometheus/secrets.sh",
] as const;

/** What once went through unseen, ended in words of the shell, or was never made good. */
const FOUND: [path: string, kind: string, event: string][] = [
  ["incoming", "a link to itself", "ValidateService"],
  ["incoming", "a link to nothing", "BeforeInstall"],
  ["secrets", "a device", "ApplicationStart"],
  ["stack-prometheus/compose.yml", "empty", "ValidateService"],
  ["incoming/stack-prometheus/rendered/secrets.tsv", "empty", "ApplicationStart"],
  ["incoming/stack-prometheus/rendered/secrets.tsv", "a folder", "ApplicationStart"],
];

test("whatever became of a file that scripts read, a release goes through, or says why; the next one mends it", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<string>(...READ_BY_SCRIPTS),
      fc.constantFrom(...Object.keys(DAMAGE)),
      fc.constantFrom<string>("BeforeInstall", "AfterInstall", "ApplicationStart", "ValidateService"),
      async (path, kind, event) => {
        machine.back();
        const spoil = async () => damage(machine.at(path), kind);
        const ended = await machine.release("second", { before: { [event]: spoil } });
        expect(ended.stdout + ended.stderr).not.toMatch(SHELL_WORDS);
        if (ended.code !== 0) expect(ended.stderr).toMatch(/^[a-z-]+\.sh: .{20,}/m);
        const again = await machine.release("second");
        expect(again.code, again.stderr).toBe(0);
        const part = /^(live|kept\/current|containers|state\/)/;
        expect(only(machine.state(), part)).toEqual(only(undisturbed.second ?? {}, part));
      },
    ),
    {
      numRuns: FOUND.length + RUNS,
      endOnFailure: true,
      examples: FOUND,
    },
  );
});

test("two that write the secrets at once leave them whole, and hashes that fit", async () => {
  for (const file of ["prometheus_password", ".htpasswd", "web.yml"]) damage(machine.at("secrets", file), "empty");
  const ended = await Promise.all([1, 2, 3].map(() => machine.script("secrets.sh")));
  expect(ended.map(({ code, stderr }) => [code, stderr])).toEqual([1, 2, 3].map(() => [0, ""]));
  expect(ended.filter(({ stdout }) => stdout === "changed\n")).toHaveLength(1);
  expect(only(machine.state(), /^state/)).toEqual(only(undisturbed.first ?? {}, /^state/));
});

test("a clock that was set back since containers started: they get secrets, and wh its fleet file, that are new", async () => {
  for (const one of machine.engine.containers) one.startedAtMs += 3_600_000;
  const before = machine.engine.containers.map(({ id }) => id);
  const ended = await machine.release("second");
  expect(ended, ended.stderr).toMatchObject({ code: 0 });
  expect(machine.engine.containers.filter(({ id }) => before.includes(id))).toEqual([]);
});

test("images of earlier releases are removed here, too", async () => {
  const wh = (tag: string) => ({ repository: `${ours}/wh`, tag, digest: "<none>" });
  machine.engine.images = [wh("0"), wh("1"), wh("2")];
  const ended = await machine.release("second");
  expect(ended, ended.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining(`removed ${ours}/wh:0`) });
  expect(machine.engine.images).toEqual([wh("1"), wh("2")]);
  expect(readFileSync(machine.at("revisions-monitoring/previous/.env"), "utf8")).toContain("wh:1");
});
