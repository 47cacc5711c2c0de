import { utimesSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { DAMAGE, damage, SHELL_WORDS } from "../test/damage.ts";
import { createReleasedMachine, type ReleasedMachine } from "../test/released-machine.ts";

const REPLICAS = 3;
const service = { port: 3000, memory: "192m", secrets: ["API_KEY"], capacity: { requestsPerSecond: 71 } };
const fleet = (...names: string[]) => ({
  name: "demo",
  environment: "production",
  services: Object.fromEntries(names.map((name, i) => [name, { ...service, path: i === 0 ? "/api/" : `/${name}/` }])),
});
const extra = { "services/extra.yml": "services: {}\n" };

let machine: ReleasedMachine;
/** What each revision leaves when nothing disturbs it. */
const undisturbed: Record<string, Readonly<Record<string, string>>> = {};
/** What Docker is asked meanwhile. */
const asked: Record<string, readonly string[]> = {};
beforeAll(async () => {
  machine = await createReleasedMachine({
    kind: "worker",
    revisions: {
      first: { fleet: fleet("service-a"), files: { ".env": "SERVICE_A_IMAGE=ours/a:1\n", "public/old.html": "x" } },
      second: {
        fleet: fleet("service-a", "extra"),
        files: { ...extra, ".env": "SERVICE_A_IMAGE=ours/a:2\n", "public/new.html": "x" },
      },
    },
  });
  const first = await machine.release("first");
  expect(first.code, first.stderr).toBe(0);
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

const serving = () =>
  machine.engine.containers.filter((one) => one.service === "service-a" && one.state === "running" && !one.isTrial);
const only = (state: Readonly<Record<string, string>>, pattern: RegExp) =>
  Object.fromEntries(Object.entries(state).filter(([name]) => pattern.test(name)));
const WHAT_RUNS = /^(live|kept\/current|containers|state\/(replicas|secrets|flags))/;

const events = fc.oneof(
  fc.record({ event: fc.constant("BeforeInstall"), at: fc.integer({ min: 1, max: 97 }) }),
  fc.record({ event: fc.constant("AfterInstall"), at: fc.integer({ min: 1, max: 250 }) }),
  fc.record({ event: fc.constant("ApplicationStart"), at: fc.integer({ min: 1, max: 1_110 }) }),
  fc.record({ event: fc.constant("ApplicationStart"), at: fc.integer({ min: 600, max: 1_110 }) }),
  fc.record({ event: fc.constant("ValidateService"), at: fc.integer({ min: 1, max: 158 }) }),
);
/** The second revision is tried, or whole, and then the first comes back: it does not have the service `extra`. */
const SERVICE_GOES: [typeof events extends fc.Arbitrary<infer T> ? T : never, "first"][] = [
  [{ event: "AfterInstall", at: 220 }, "first"],
  [{ event: "ValidateService", at: 132 }, "first"],
];
/** Each is two releases. */
const RUNS = 2;

/** Has the hook of this event do something at its n-th command, functions and subshells included. */
function atCommand(event: string, at: number, what: string): Record<string, string> {
  const file = machine.at("disturb.sh");
  const here = `[ "\${LIFECYCLE_EVENT:-}" != ${event} ] || [ "$((++_commands))" -ne ${at} ]`;
  writeFileSync(file, `set -T\n_commands=0\ntrap '${here} || ${what}' DEBUG\n`);
  return { BASH_ENV: file };
}

test("compose, which is slow to start, is asked once what each folder says, and once which services there are", () => {
  const questions = (asked.second ?? []).filter((line) => /^compose (config|ps)/.test(line));
  expect(questions).toEqual(["compose config", "compose config", "compose config --services"]);
});

test("killed at any command, the worker serves, and the next release brings it where it shall be", async () => {
  await fc.assert(
    fc.asyncProperty(events, fc.constantFrom("second", "second", "first"), async ({ event, at }, next) => {
      machine.back();
      const killed = await machine.release("second", { env: atCommand(event, at, "kill -9 0") });
      expect([0, 137]).toContain(killed.code);
      expect(serving().length).toBeGreaterThanOrEqual(REPLICAS);
      const ended = await machine.release(next);
      expect(ended.code, ended.stderr).toBe(0);
      const part = next === "second" ? /./ : WHAT_RUNS;
      expect(only(machine.state(), part)).toEqual(only(undisturbed[next] ?? {}, part));
    }),
    {
      numRuns: SERVICE_GOES.length + RUNS,
      endOnFailure: true,
      examples: SERVICE_GOES,
    },
  );
});

test("what a killed release had made to learn its identity, and did not start, is gone after the next", async () => {
  const { containers } = machine.engine;
  const kinds = ["nginx", "service-a"].flatMap((service) => containers.find((one) => one.service === service) ?? []);
  for (const one of kinds) {
    containers.push({ ...one, id: one.id.split("").reverse().join(""), name: `${one.name}-left`, state: "created" });
  }
  const ended = await machine.release("second");
  expect(ended.code, ended.stderr).toBe(0);
  expect(kinds).toHaveLength(2);
  expect(machine.state()).toEqual(undisturbed.second);
});

/** Files that hooks read, by where they are below the machine's home. What is in `state/secrets` and `worker.env` has tests beside state.sh. */
const READ_BY_HOOKS = [
  "state/replicas/service-a",
  "state/release.lock",
  "state/lock",
  "state/leaving",
  "state/release-drain",
  "state/flags/drain",
  "state/incoming",
  "state/current",
  "state/current/secrets",
  "state/current/secrets/service-a.env",
  "state/reloaded",
  "state/reloaded/nginx",
  "state/secrets/service-a.env",
  "revisions/current",
  "revisions/previous",
  "revisions/.new",
  "revisions/current/compose.yml",
  "revisions/current/revision.json",
  "revisions/current/.sha256",
  "incoming",
  "incoming/stack-worker",
  "incoming/stack-worker/rendered/services.tsv",
  "incoming/stack-worker/rendered/secrets.tsv",
  "incoming/stack-worker/revision.json",
  "state/replicas",
  "state/fence",
  "stack-worker/compose.yml",
  "stack-worker/revision.json",
  "stack-worker/rendered",
  "stack-worker/rendered/services.tsv",
  "stack-worker/rendered/nginx/http.conf",
  "stack-worker/nginx",
  "stack-worker/release/worker.sh",
] as const;

/** What once went through unseen, ended in words of the shell, or was never made good. */
const FOUND: [path: string, kind: string, event: string][] = [
  ["incoming", "a link to itself", "ValidateService"],
  ["incoming", "a link to nothing", "BeforeInstall"],
  ["incoming/stack-worker/rendered/services.tsv", "empty", "AfterInstall"],
  ["incoming/stack-worker/rendered/services.tsv", "garbage", "ApplicationStart"],
  ["stack-worker/rendered/services.tsv", "empty", "ValidateService"],
  ["stack-worker/rendered/secrets.tsv", "a folder", "ValidateService"],
  ["state/current", "empty", "ValidateService"],
  ["state/reloaded", "empty", "ApplicationStart"],
  ["state/replicas", "a link to nothing", "AfterInstall"],
];

test("whatever became of a file that hooks read, a release goes through, or says why and leaves the worker serving", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<string>(...READ_BY_HOOKS),
      fc.constantFrom(...Object.keys(DAMAGE)),
      fc.constantFrom<string>("BeforeInstall", "AfterInstall", "ApplicationStart", "ValidateService"),
      async (path, kind, event) => {
        machine.back();
        const spoil = async () => damage(machine.at(path), kind);
        const ended = await machine.release("second", { before: { [event]: spoil } });
        const said = ended.stdout + ended.stderr;
        expect(said).not.toMatch(SHELL_WORDS);
        expect(serving().length).toBeGreaterThanOrEqual(REPLICAS);
        if (ended.code !== 0) expect(ended.stderr).toMatch(/^[a-z-]+\.sh: .{20,}/m);
        const again = await machine.release("second");
        expect(again.code, again.stderr).toBe(0);
        const part = /^(live|kept\/current|containers|state\/(replicas|secrets))/;
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

test("a hook that comes while another runs says so, and disturbs nothing", async () => {
  const slow = atCommand("ApplicationStart", 150, "sleep 15");
  let second: ReturnType<typeof machine.release> | undefined;
  const first = await machine.release("second", {
    env: slow,
    onHook: async (event) => {
      if (event !== "ApplicationStart") return;
      machine.engine.asked.length = 0;
      // It has asked for something, so it has the lock.
      await vi.waitFor(() => expect(machine.engine.asked).not.toEqual([]), 60_000);
      second = machine.release("first");
    },
  });
  expect(first, first.stderr).toMatchObject({ code: 0 });
  expect(await second).toMatchObject({
    code: 75,
    failedAt: "BeforeInstall",
    stderr: expect.stringContaining("a hook of another deployment is still running on this worker: try again later"),
  });
  expect(machine.state()).toEqual(undisturbed.second);
});

describe("the clock", () => {
  test("set back since a container started: it reads its new files all the same", async () => {
    for (const one of machine.engine.containers) one.startedAtMs += 3_600_000;
    const ended = await machine.release("second");
    expect(ended.code, ended.stderr).toBe(0);
    expect(machine.engine.told).toContain("nginx");
  });

  test("set back since it was told to read them: it is told again", async () => {
    const mark = machine.at("state/reloaded/nginx");
    damage(mark, "empty");
    utimesSync(mark, new Date(Date.now() + 3_600_000), new Date(Date.now() + 3_600_000));
    for (const one of machine.engine.containers) one.startedAtMs -= 3_600_000;
    const ended = await machine.release("second");
    expect(ended.code, ended.stderr).toBe(0);
    expect(machine.engine.told).toContain("nginx");
  });

  test("set on in the middle of a release: nothing takes longer for it", async () => {
    await fc.assert(
      fc.asyncProperty(events, fc.constantFrom(100_000, -100_000), async ({ event, at }, seconds) => {
        machine.back();
        // What bash itself would count after such a step.
        const ended = await machine.release("second", { env: atCommand(event, at, `SECONDS=${seconds}`) });
        expect(ended, ended.stderr).toMatchObject({ code: 0 });
      }),
      { numRuns: Math.ceil(RUNS / 2), endOnFailure: true },
    );
  });
});

describe("images of earlier releases", () => {
  const ours = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/fleet-demo-production";
  const digest = (n: number) => `sha256:${String(n).repeat(64)}`;
  const row = (repository: string, tag: string, n?: number) => ({
    repository,
    tag,
    digest: n === undefined ? "<none>" : digest(n),
  });
  const env = (n: number) =>
    `SERVICE_A_IMAGE=${ours}/service-a:r${n}\nNGINX_IMAGE=${ours}/third_party@${digest(n)}\nWH_IMAGE=\n`;

  test("go, by tag and by digest; those of this revision and the one before stay, and so do others'", async () => {
    const images = [
      ...[1, 2, 3].flatMap((n) => [row(`${ours}/service-a`, `r${n}`, n + 5), row(`${ours}/third_party`, "<none>", n)]),
      row("nginx", "<none>", 1),
      row("nginx", "1.30"),
      row("other/fleet-demo-staging/third_party", "<none>", 4),
      row(`${ours}/third_party`, "<none>"),
    ];
    for (const name of ["first", "second"]) machine.edit(name, ".env", env(name === "first" ? 2 : 3));
    for (const name of ["first", "second"]) {
      machine.engine.images = [...images];
      const ended = await machine.release(name);
      expect(ended, ended.stderr).toMatchObject({ code: 0 });
    }
    expect(images.filter((image) => !machine.engine.images.includes(image))).toEqual([images[0], images[1]]);
  });

  test("stay where a container uses them, and all of them where the revision before cannot be read", async () => {
    machine.engine.images = [row(`${ours}/service-a`, "old"), row(`${ours}/third_party`, "<none>", 1)];
    machine.engine.containers.push({
      id: "0".repeat(64),
      service: "elsewhere",
      definition: "",
      image: `${ours}/service-a:old`,
      state: "exited",
      startedAtMs: 0,
      name: "elsewhere",
      isTrial: true,
    });
    const spoil = async () => damage(machine.at("revisions/current/compose.yml"), "empty");
    const ended = await machine.release("second", { before: { ValidateService: spoil } });
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toContain("revisions/previous is damaged: no image of an earlier release is removed");
    expect(machine.engine.images).toHaveLength(2);
    const again = await machine.release("first");
    expect(again.code, again.stderr).toBe(0);
    expect(machine.engine.images).toEqual([row(`${ours}/service-a`, "old")]);
  });
});
