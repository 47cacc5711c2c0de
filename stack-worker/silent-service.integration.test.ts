import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { readImages } from "../test/images.ts";
import { type Ended, must } from "./test/run.ts";
import { buildServiceA } from "./test/sample-worker.ts";
import { createWorker, type WorkerUnderTest } from "./test/worker-under-test.ts";

// One service that does not answer harms itself alone. And jobs, which answer nobody at all.
const IMAGE = "compose-fleet/service-a:silent-test";
const service = { memory: "96m", capacity: { requestsPerSecond: 71 } };
const node = (script: string) => `["node", "-e", ${JSON.stringify(script.replaceAll("$", "$$$$"))}]`;
const FILES: Readonly<Record<string, string>> = {
  elsewhere: "    environment: { PORT: 8085 }\n",
  crashing: `    command: ${node("console.log('no database here'); process.exit(3)")}\n`,
  hungry: `    command: ${node("const all = []; for (;;) all.push(Buffer.alloc(1e6, 1))")}\n`,
};
/** What nginx does not serve: a service that others call, one that takes jobs and finishes them, and two that never get there. */
const UNSERVED: Readonly<Record<string, { readonly port?: number; readonly file: string }>> = {
  inner: { port: 3000, file: "" },
  jobs: {
    file: `    stop_grace_period: 30s\n    command: ${node(
      "process.on('SIGTERM', () => setTimeout(() => { console.log('the job is done'); process.exit(0); }, 8000)); setInterval(() => {}, 1000)",
    )}\n`,
  },
  deaf: { port: 3000, file: "    environment: { PORT: 8085 }\n" },
  failing: { file: `    command: ${node("console.log('no queue here'); process.exit(4)")}\n` },
};
const job = (command: readonly string[], timeout = 60) => ({
  service: "service-a",
  command,
  timeout,
  schedule: "0 3 * * *",
});
const script = (text: string) => ["node", "-e", text];
const JOBS = {
  good: job(script("console.log('tidied', process.env.PAYLOAD, Date.now())")),
  bad: job(script("console.log('no table votes', Date.now()); process.exit(3)")),
  endless: job(script("console.log('begun'); setInterval(() => {}, 1000)"), 3),
  absent: job(["no-such-program", "--now"]),
  // Docker keeps 10 MB of it.
  chatty: job(
    script(
      "const line = Buffer.from('x'.repeat(9999) + '\\n'); for (let i = 0; i < 1500; i++) require('fs').writeSync(1, line); process.exit(4)",
    ),
  ),
  hungry: job(script("const all = []; for (;;) all.push(Buffer.alloc(1e6, 1))")),
};
let worker: WorkerUnderTest;
let started: Ended;

beforeAll(async () => {
  await buildServiceA(IMAGE);
  const services = Object.fromEntries(
    Object.keys(FILES).map((name) => [name, { ...service, port: 3000, path: `/${name}/` }]),
  );
  worker = await createWorker({
    name: "silent",
    fleet: {
      name: "demo",
      environment: "test",
      services: {
        "service-a": { ...service, port: 3000, path: "/api/", environment: { PAYLOAD: "what's here" } },
        ...services,
        ...Object.fromEntries(
          Object.entries(UNSERVED).map(([name, { port }]) => [name, { memory: "96m", ...(port && { port }) }]),
        ),
      },
      jobs: JOBS,
    },
    env: { ...readImages(), SERVICE_A_IMAGE: IMAGE, START_SECONDS: "10" },
    parameters: { "/fleet/demo/test/secrets/REMOTE_WRITE_PASSWORD": "x" },
  });
  const unserved = Object.entries(UNSERVED).map(([name, { file }]) => [name, file] as const);
  for (const [name, more] of [...Object.entries(FILES), ...unserved])
    await writeFile(
      join(worker.folder, `services/${name}.yml`),
      `services:\n  ${name}:\n    image: $SERVICE_A_IMAGE\n${more}`,
    );
  started = await worker.script("start.sh");
});
afterAll(() => worker?.remove());

const containersLabelled = async (label: string) =>
  (
    await must("docker", [
      "ps",
      "-aq",
      "--filter",
      `label=com.docker.compose.project=${worker.project}`,
      "--filter",
      `label=${label}`,
    ])
  )
    .split("\n")
    .filter(Boolean);

test("the worker serves all the same", async () => {
  expect(started, started.stderr).toMatchObject({ code: 0 });
  const [, silent = ""] = /^serving: .*, without an answer: (.*)$/m.exec(started.stdout) ?? [];
  expect(silent.split(" ").sort()).toEqual(["crashing", "deaf", "elsewhere", "failing", "hungry"]);
  expect((await fetch(`${await worker.url(80)}/nginx-health`)).status).toBe(200);
  expect((await fetch(`${await worker.url(80)}/api/x`, { method: "POST", body: "{}" })).status).toBe(200);
});

test.each([
  ["elsewhere", /no replica of elsewhere answers: .* nothing listens on port 3000: it listens on 8085\. Set its port/],
  [
    "crashing",
    /no replica of crashing answers: .* (ended with exit code 3|ends again and again,) and was started again \d+ times\. Its log: .*no database here/,
  ],
  ["hungry", /no replica of hungry answers: .* (was killed for its memory|ended with exit code 137)/],
  ["deaf", /no replica of deaf accepts connections: .* nothing listens on port 3000: it listens on 8085/],
  [
    "failing",
    /no replica of failing runs for longer than a moment: .* was started again \d+ times\. Its log: .*no queue here/,
  ],
])("%s is told, with why", (_name, sentence) => {
  expect(started.stderr).toMatch(sentence);
});

test.each(Object.keys(FILES))("what is asked of %s fails soon, and nothing else does", async (name) => {
  const begun = performance.now();
  const [bad, good] = await Promise.all([
    fetch(`${await worker.url(80)}/${name}/x`),
    fetch(`${await worker.url(80)}/api/x`, { method: "POST", body: "{}" }),
  ]);
  expect([bad.status >= 502, good.status]).toEqual([true, 200]);
  expect(performance.now() - begun).toBeLessThan(15_000);
});

test("a service calls another by its name, and its metrics count replicas of every kind", async () => {
  const asked = "fetch('http://inner:3000/api/x', { method: 'POST', body: '{}' }).then((r) => console.log(r.status))";
  expect((await worker.exec("service-a", "node", "-e", asked)).trim()).toBe("200");
  const text = await worker.exec("agent", "wget", "-q", "-O", "-", "http://container-metrics:9101/metrics");
  for (const name of ["inner", "jobs", "service-a"])
    expect(text).toContain(`fleet_replicas_ready{service="${name}"} 1\n`);
});

test("a scale-in and a drain have a job finish, and do not wait for it", async () => {
  const [first = ""] = await worker.containers("jobs");
  expect(await worker.script("scale.sh", "jobs", "2")).toMatchObject({ code: 0, stdout: "jobs: 1 -> 2\n" });
  const begun = performance.now();
  expect(await worker.script("scale.sh", "jobs", "1")).toMatchObject({ code: 0, stdout: "jobs: 2 -> 1\n" });
  expect(await worker.script("drain.sh", "start")).toMatchObject({ code: 0, stdout: "draining\n" });
  const text = await worker.exec("agent", "wget", "-q", "-O", "-", "http://container-metrics:9101/metrics");
  const [ready, leaving] = ["ready", "leaving"].map((what) =>
    Number(new RegExp(`fleet_replicas_${what}{service="jobs"} (\\d)`).exec(text)?.[1]),
  );
  // On a busy machine one may have finished by now.
  expect([ready, (leaving ?? 0) <= 2]).toEqual([0, true]);
  if (performance.now() - begun < 7000) expect(leaving).toBe(2);
  const log = must("docker", ["logs", "-f", first]);
  // A cancelled drain starts what takes jobs anew, beside those that still finish theirs.
  expect(await worker.script("drain.sh", "cancel")).toMatchObject({ code: 0, stdout: "serving\n" });
  expect(await log).toContain("the job is done");
  await vi.waitFor(async () => expect(await readdir(join(worker.stateFolder, "flags"))).toEqual([]), 60_000);
  const [now, ...others] = await worker.containers("jobs");
  expect([others, now === first]).toEqual([[], false]);
});

describe("a job", () => {
  test.each([
    ["good", 0, /^$/],
    ["bad", 1, /^job\.sh: bad ended with exit code 3: no table votes \d+ $/],
    ["endless", 1, /^job\.sh: endless ended with exit code 124: it was stopped after 3 s, its timeout.*begun/],
    ["absent", 1, /no-such-program cannot be started in the image of service-a: .*Set command of jobs\.absent/],
    ["chatty", 1, /^job\.sh: chatty ended with exit code 4: .{1,700}$/],
    ["hungry", 1, /^job\.sh: hungry ended with exit code 137: it was killed for its memory/],
    ["unknown", 64, /unknown is not a job of this revision: write one of good bad/],
  ])("%s ends with %i, once: asked for again, the same run is told again", async (name, code, stderr) => {
    const first = await worker.script("job.sh", name, "20260301T030000Z");
    expect(first.code, first.stderr).toBe(code);
    expect(first.stderr.trimEnd()).toMatch(new RegExp(stderr.source.replace(/ \$$/, "$")));
    expect(await worker.script("job.sh", name, "20260301T030000Z")).toMatchObject(first);
  });

  test("leaves no container behind, and takes no replica away", async () => {
    expect(await containersLabelled("fleet.job")).toEqual([]);
    expect((await worker.containers("service-a")).length).toBe(1);
  });

  test("two commands for one run at the same time start it once; another run starts anew", async () => {
    const [one, two] = await Promise.all([1, 2].map(() => worker.script("job.sh", "bad", "run-1")));
    expect(one?.stderr).toBe(two?.stderr);
    expect((await worker.script("job.sh", "bad", "run-2")).stderr).not.toBe(one?.stderr);
  });

  test("is not begun on a worker that drains, and neither later: another worker may have it by then", async () => {
    await worker.script("drain.sh", "start");
    expect(await worker.script("job.sh", "good", "run-3")).toMatchObject({ code: 69 });
    await worker.script("drain.sh", "cancel");
    expect(await worker.script("job.sh", "good", "run-3")).toMatchObject({ code: 69 });
  });
});

test("where no service answers, the worker does not serve", async () => {
  await worker.compose("stop", "service-a");
  await writeFile(
    join(worker.folder, "services/service-a.yml"),
    `services:\n  service-a:\n    image: $SERVICE_A_IMAGE\n${FILES.crashing}`,
  );
  // Nor do those that nginx does not serve.
  await worker.compose("stop", "inner", "jobs");
  for (const name of ["inner", "jobs"])
    await writeFile(
      join(worker.folder, `services/${name}.yml`),
      `services:\n  ${name}:\n    image: $SERVICE_A_IMAGE\n${FILES.crashing}`,
    );
  const { code, stderr } = await worker.script("start.sh");
  expect(code).toBe(1);
  expect(stderr).toContain("the worker does not serve: no service answers");
});
