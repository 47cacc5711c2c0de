import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readImages } from "../test/images.ts";
import type { Ended } from "./test/run.ts";
import { buildServiceA } from "./test/sample-worker.ts";
import { createWorker, type WorkerUnderTest } from "./test/worker-under-test.ts";

// One service that does not answer harms itself alone.
const IMAGE = "compose-fleet/service-a:silent-test";
const service = { memory: "96m", capacity: { requestsPerSecond: 71 } };
const node = (script: string) => `["node", "-e", ${JSON.stringify(script.replaceAll("$", "$$$$"))}]`;
const FILES: Readonly<Record<string, string>> = {
  elsewhere: "    environment: { PORT: 8085 }\n",
  crashing: `    command: ${node("console.log('no database here'); process.exit(3)")}\n`,
  hungry: `    command: ${node("const all = []; for (;;) all.push(Buffer.alloc(1e6, 1))")}\n`,
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
      services: { "service-a": { ...service, port: 3000, path: "/api/" }, ...services },
    },
    env: { ...readImages(), SERVICE_A_IMAGE: IMAGE, START_SECONDS: "10" },
    parameters: { "/fleet/demo/test/secrets/REMOTE_WRITE_PASSWORD": "x" },
  });
  for (const [name, more] of Object.entries(FILES))
    await writeFile(
      join(worker.folder, `services/${name}.yml`),
      `services:\n  ${name}:\n    image: $SERVICE_A_IMAGE\n${more}`,
    );
  started = await worker.script("start.sh");
});
afterAll(() => worker?.remove());

test("the worker serves all the same", async () => {
  expect(started, started.stderr).toMatchObject({ code: 0 });
  expect(started.stdout).toMatch(/^serving: .*, without an answer: (elsewhere|crashing|hungry)( \w+){2}$/m);
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

test("where no service answers, the worker does not serve", async () => {
  await worker.compose("stop", "service-a");
  await writeFile(
    join(worker.folder, "services/service-a.yml"),
    `services:\n  service-a:\n    image: $SERVICE_A_IMAGE\n${FILES.crashing}`,
  );
  const { code, stderr } = await worker.script("start.sh");
  expect(code).toBe(1);
  expect(stderr).toContain("the worker does not serve: no service answers");
});
