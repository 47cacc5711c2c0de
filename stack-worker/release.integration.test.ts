import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readImages } from "../test/images.ts";
import { type Deployment, type DeployOptions, deploy } from "./test/code-deploy.ts";
import { startLoad } from "./test/load.ts";
import { editFile, type RevisionOptions, writeRevision } from "./test/revision.ts";
import { must } from "./test/run.ts";
import { buildServiceA } from "./test/sample-worker.ts";
import { createWorker, type WorkerUnderTest } from "./test/worker-under-test.ts";

const IMAGE = "compose-fleet/service-a:release-test";
const RATE = 200;
/** Seconds that a replica may take in these tests. */
const HEALTHY_SECONDS = "4";

let worker: WorkerUnderTest;

const fleet = (payload: string) => ({
  name: "demo",
  environment: "test",
  services: {
    "service-a": {
      path: "/api/",
      port: 3000,
      memory: "192m",
      capacity: { requestsPerSecond: 71 },
      environment: { PAYLOAD: payload, WORK_MS: "5" },
    },
  },
});

function revision(name: string, more: Partial<RevisionOptions> = {}): Promise<string> {
  const archives = join(worker.root, "archives");
  return writeRevision(archives, { name, fleet: fleet(name), images: { SERVICE_A_IMAGE: IMAGE }, ...more });
}

const release = async (name: string, more: Partial<RevisionOptions> = {}, options: DeployOptions = {}) =>
  deploy(worker.root, await revision(name, more), {
    ...options,
    env: { RELEASE_HEALTHY_SECONDS: HEALTHY_SECONDS, RELEASE_MIN_FREE_MIB: "1", ...options.env },
  });

/** Containers of the worker that run, without those of a trial. */
async function running(...services: string[]): Promise<string[]> {
  return (await worker.compose("ps", "-q", ...services)).split("\n").filter(Boolean).sort();
}

/** Everything that a failed release has to leave as it was. */
async function state(): Promise<object> {
  const files = (await readdir(worker.folder, { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
  const lines = files.map(async (file) => {
    const path = join(file.parentPath, file.name);
    return `${path} ${createHash("sha256")
      .update(await readFile(path))
      .digest("hex")}`;
  });
  const trials = await must("docker", ["ps", "-aq", "--filter", "name=trial"]);
  return { files: (await Promise.all(lines)).sort(), containers: await running(), trials };
}

/** Runs something under load and gives what its clients saw. */
async function underLoad<T>(action: () => Promise<T>): Promise<{ result: T; lost: object; answers: string[] }> {
  const answers: string[] = [];
  const load = startLoad(`${await worker.url(80)}/api/x`, RATE, (answer) => {
    if (answers.at(-1) !== answer) answers.push(answer);
  });
  await new Promise((done) => setTimeout(done, 500));
  try {
    const result = await action();
    await new Promise((done) => setTimeout(done, 500));
    const { failed, sent } = await load.stop();
    expect(sent).toBeGreaterThan(RATE / 2);
    return { result, lost: failed, answers };
  } catch (error) {
    await load.stop();
    throw error;
  }
}

const answer = async (): Promise<string> =>
  (await fetch(`${await worker.url(80)}/api/x`, { method: "POST", body: "{}" })).text();

/** Resolves as soon as more than `count` replicas run. */
const moreThan = (count: number) =>
  expect.poll(() => running("service-a"), { timeout: 60_000, interval: 100 }).toSatisfy((ids) => ids.length > count);

const succeeded = { code: 0 };

beforeAll(async () => {
  await buildServiceA(IMAGE);
  worker = await createWorker({
    fleet: fleet("first"),
    env: readImages(),
    parameters: {
      "/fleet/demo/test/replicas": '{"service-a": 3}',
      "/fleet/demo/test/secrets/REMOTE_WRITE_PASSWORD": "x",
    },
  });
  await writeFile(join(worker.folder, ".env"), `SERVICE_A_IMAGE=${IMAGE}\n`);
  expect(await worker.script("start.sh")).toMatchObject(succeeded);
});

afterAll(() => worker?.remove());

describe("a release", () => {
  test("replaces all replicas under load and loses nothing: both answers are seen, then only the new", async () => {
    const before = await running("service-a");
    const nginx = await running("nginx");
    const { result, lost, answers } = await underLoad(() => release("second"));
    expect(result, result.stderr).toMatchObject(succeeded);
    expect(lost).toEqual({});
    expect(new Set(answers)).toEqual(new Set(["first", "second"]));
    expect(answers.at(-1)).toBe("second");
    expect(result.stdout).toContain("service-a: 3 replicas replaced, 3 run");
    expect(await running("nginx")).toEqual(nginx);
    const after = await running("service-a");
    expect(after).toHaveLength(3);
    expect(after.filter((id) => before.includes(id))).toEqual([]);
    expect(await readdir(join(worker.root, "revisions"))).toEqual(["current", "previous"]);
  });

  test("made again, it changes nothing", async () => {
    const before = await state();
    const result = await release("second");
    expect(result, result.stderr).toMatchObject(succeeded);
    expect(result.stdout).toContain("revision second is what runs already");
    expect(result.stdout).not.toContain("replaced");
    expect(await state()).toEqual(before);
  });

  test("that changes nginx's configuration has it read again, and loses nothing", async () => {
    const before = await running();
    const edits = {
      "nginx/nginx.conf": (text: string) =>
        text.replace("server_tokens off;", "$&\n  add_header X-Revision third always;"),
    };
    const { result, lost } = await underLoad(() => release("third", { fleet: fleet("second"), edits }));
    expect(result, result.stderr).toMatchObject(succeeded);
    expect(lost).toEqual({});
    const health = await fetch(`${await worker.url(8080)}/metrics`);
    expect(health.headers.get("x-revision")).toBe("third");
    expect(await running()).toEqual(before);
  });
});

describe("a release that cannot succeed leaves everything as it was, loses nothing and names the cause", () => {
  const command = (script: string) => ({
    "services/service-a.yml": (text: string) =>
      `${text}    command: ["node", "-e", ${JSON.stringify(script.replaceAll("$", "$$$$"))}]\n`,
  });
  const rows: readonly (readonly [string, Partial<RevisionOptions>, DeployOptions, string, string])[] = [
    [
      "crashes at start",
      { edits: command("throw new Error('no database here')") },
      {},
      "AfterInstall",
      "no database here",
    ],
    [
      "is never healthy",
      { edits: command("require('http').createServer((q, r) => r.writeHead(503).end()).listen(3000)") },
      {},
      "AfterInstall",
      `is not healthy after ${HEALTHY_SECONDS} s, it answers 503`,
    ],
    [
      "has an image that nobody has",
      { images: { SERVICE_A_IMAGE: "127.0.0.1:1/nobody/service-a:none" } },
      {},
      "AfterInstall",
      "the image 127.0.0.1:1/nobody/service-a:none cannot be pulled",
    ],
    [
      "has a compose file that is none",
      { edits: { "compose.yml": (text) => `${text}\nsurprise: 1\n` } },
      {},
      "AfterInstall",
      "not valid",
    ],
    [
      "has a configuration that nginx refuses",
      { edits: { "nginx/nginx.conf": (text) => `${text}\nsurprise on;\n` } },
      {},
      "AfterInstall",
      'unknown directive "surprise"',
    ],
    [
      "changes a network that is in use",
      { edits: { "compose.yml": (text) => text.replace("services: { internal: true }", "services: {}") } },
      {},
      "AfterInstall",
      "changes networks or volumes that are in use (internal: true)",
    ],
    [
      "has no room",
      {},
      { env: { RELEASE_MIN_FREE_MIB: "99999999" } },
      "BeforeInstall",
      "a release needs 99999999: free some",
    ],
  ];

  test("whatever it is that does not fit", async () => {
    const before = await state();
    const { result, lost, answers } = await underLoad(async () => {
      const ended: Deployment[] = [];
      for (const [, more, options] of rows) ended.push(await release("broken", more, options));
      return ended;
    });
    for (const [i, [rule, , , failedAt, sentence]] of rows.entries()) {
      expect(result[i], rule).toMatchObject({ failedAt, stderr: expect.stringContaining(sentence) });
    }
    expect(lost).toEqual({});
    expect(answers).toEqual(["second"]);
    expect(await state()).toEqual(before);
  });

  test("a replica that breaks although the trial went well: the old ones come back", async () => {
    const before = (await state()) as { files: string[] };
    const spoil = () =>
      editFile(
        join(worker.root, "incoming/stack-worker/services/service-a.yml"),
        command("throw new Error('spoilt')")["services/service-a.yml"],
      );
    const { result, lost } = await underLoad(() => release("spoilt", {}, { before: { ApplicationStart: spoil } }));
    expect(result).toMatchObject({ failedAt: "ApplicationStart", stderr: expect.stringContaining("spoilt") });
    expect(result.stderr.trimEnd()).toMatch(/crashes again and again.* This worker is back at revision third$/);
    expect(lost).toEqual({});
    expect(await answer()).toBe("second");
    expect(await state()).toEqual(before);
  });
});

describe("a release that is disturbed", () => {
  test("killed in the middle and run again, it ends where it should; stopped in the middle, it goes back", async () => {
    const { lost, result } = await underLoad(async () => {
      const inTheMiddle = async (signal: NodeJS.Signals) =>
        release(
          "fourth",
          {},
          {
            onHook: (event, hook) => {
              if (event !== "ApplicationStart" || hook.pid === undefined) return;
              const group = -hook.pid;
              void moreThan(3).then(() => process.kill(group, signal));
            },
          },
        );
      const stopped = await inTheMiddle("SIGTERM");
      const between = await answer();
      const killed = await inTheMiddle("SIGKILL");
      return { stopped, between, killed, again: await release("fourth") };
    });
    expect(result.stopped).toMatchObject({
      failedAt: "ApplicationStart",
      stderr: expect.stringContaining("This worker is back at revision third"),
    });
    expect(result.between).toBe("second");
    expect(result.killed).toMatchObject({ code: 137, failedAt: "ApplicationStart" });
    expect(result.again, result.again.stderr).toMatchObject(succeeded);
    expect(lost).toEqual({});
    expect([await answer(), (await running("service-a")).length]).toEqual(["fourth", 3]);
  });

  test("scale.sh is obeyed, out and in", async () => {
    const { lost, result } = await underLoad(async () => {
      const out = release("fifth");
      await moreThan(3);
      expect(await worker.script("scale.sh", "service-a", "4")).toMatchObject(succeeded);
      const first = await out;
      const counted = (await running("service-a")).length;
      const into = release("sixth");
      await moreThan(4);
      expect(await worker.script("scale.sh", "service-a", "1")).toMatchObject(succeeded);
      return { first, counted, second: await into };
    });
    expect(result.first, result.first.stderr).toMatchObject(succeeded);
    expect(result.second, result.second.stderr).toMatchObject(succeeded);
    expect(lost).toEqual({});
    expect([result.counted, await answer(), (await running("service-a")).length]).toEqual([4, "sixth", 1]);
  });

  test("a worker that drains takes the revision and goes on draining", async () => {
    await worker.script("drain.sh", "start");
    const result = await release("seventh");
    expect(result, result.stderr).toMatchObject(succeeded);
    expect(result.stdout).toContain("the worker is draining, and stays so");
    expect([await worker.script("drain.sh", "status"), await answer()]).toMatchObject([
      { stdout: "draining\n" },
      "seventh",
    ]);
  });
});
