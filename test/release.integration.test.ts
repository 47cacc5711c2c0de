import { execFileSync, spawn } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { JobRunView } from "@compose-fleet/wh-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { controlSocket, readStatus } from "../local-fleet/src/control/control-client.ts";
import { copyOfProject, project } from "./copy-of-project.ts";
import { whyOnContainers } from "./why-on-containers.ts";

// `fleet release` as a person uses it: a repository of one's own, a fleet on this machine, commits.

const NAME = "reltest";
const ports = { lb: 26080, "lb-proxy": 26081, wh: 26090, "wh-standby": 26091, prometheus: 26098, alertmanager: 26093 };
const JOBS = `jobs:
  migrate:
    service: service-a
    command: [node, -e, "console.log('migrated to', process.env.PAYLOAD)"]
    when: before-release
    timeout: 60
  tidy: { service: service-a, command: [node, -e, "console.log('tidied')"], schedule: "0 3 * * *" }
`;
let root: string;

const git = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
    cwd: root,
    encoding: "utf8",
  });
const commit = (subject: string) => {
  git("add", ".");
  git("commit", "-qm", subject);
};

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly all: string;
}

function fleet(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [path.join(root, "cli/bin/fleet.mjs"), ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let all = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      all += chunk.toString();
    });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, stdout, all })));
}

async function edit(file: string, change: (text: string) => string): Promise<void> {
  const full = path.join(root, file);
  await writeFile(full, change(await readFile(full, "utf8")));
}
const payload = (text: string) => edit("fleet.rel.yaml", (yaml) => yaml.replace(/PAYLOAD: .*/, `PAYLOAD: "${text}"`));
const answer = async () =>
  (await fetch(`http://127.0.0.1:${ports.lb}/api/hello`, { method: "POST", body: "x" })).text();
const history = async () => JSON.parse((await fleet("release", "history", "--local", "--json")).stdout);

beforeAll(async () => {
  root = await copyOfProject();
  const short = await readFile(path.join(project, "test/fixtures/fleet.short.yaml"), "utf8");
  await writeFile(
    path.join(root, "fleet.rel.yaml"),
    short
      .replaceAll("demotest", NAME)
      .replace("10.229.0.0/16", "10.231.40.0/24")
      // One worker: starting replicas takes CPU, by which the group would grow on a machine that has little.
      .replace("  min: 1\n  max: 4", "  min: 1\n  max: 1")
      .concat(JOBS),
  );
  git("init", "-q");
  await writeFile(path.join(root, ".git/info/exclude"), "node_modules\n");
  commit("first");
  const options = Object.entries(ports).flatMap(([name, port]) => [`--${name}-port`, String(port)]);
  const up = await fleet(
    "local",
    "up",
    "--fleet",
    "fleet.rel.yaml",
    "--boot-seconds",
    "2",
    "--aws-port",
    "26566",
    ...options,
  );
  expect(up.code, up.all).toBe(0);
});

afterAll(async () => {
  const down = await fleet("local", "down", "--name", NAME);
  await rm(root, { recursive: true, force: true });
  expect(down.code, down.all).toBe(0);
});

describe("fleet release --local", () => {
  test("brings the commit to the workers, by an image that they pull", async () => {
    await payload("second");
    commit("service-a: second");
    const { code, stdout, all } = await fleet("release", "--local", "--json");
    expect(code, all).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      status: "succeeded",
      subject: "service-a: second",
      results: [{ kind: "workers", status: "succeeded", cause: null }],
    });
    expect(await answer()).toBe("second");
    expect(all).toMatch(/Before the release: migrate/);
    const images = execFileSync(
      "docker",
      ["ps", "--filter", `label=compose-fleet.local=${NAME}`, "--format", "{{.Image}}"],
      { encoding: "utf8" },
    );
    expect(images).toMatch(new RegExp(`127\\.0\\.0\\.1:\\d+/fleet-${NAME}-local/service-a:[0-9a-f]{12}-[0-9a-f]{12}`));
  });

  test("one service alone; a second release meanwhile is refused and told whose is running", async () => {
    await payload("third");
    commit("service-a: third");
    let isOver = false;
    const first = fleet("release", "--local", "--service", "service-a").finally(() => {
      isOver = true;
    });
    let second: Ended | undefined;
    const socket = controlSocket(path.join(root, ".fleet/local", NAME));
    while (!isOver && second === undefined) {
      const status = await readStatus(socket);
      if (status !== undefined && status.releases.running.length > 0) second = await fleet("release", "--local");
      else await sleep(50);
    }
    const { code, all } = await first;
    expect(code, all).toBe(0);
    expect(second?.all).toMatch(
      /A deployment is running: [0-9a-f]{12}-[0-9a-f]{12} by .+@.+ \(d-\w+, since .*Nothing was changed/,
    );
    expect(await answer()).toBe("third");
  });

  test("rollback brings the revision before back", async () => {
    const { code, all } = await fleet("release", "rollback", "--local");
    expect(code, all).toBe(0);
    expect(await answer()).toBe("second");
    // Its migration ran when it was released.
    expect(all).toMatch(/migrate ran before for [0-9a-f]{12}-/);
  });

  test("each revision was migrated once, with its own image, before its replicas came; a job runs when it is asked for", async () => {
    expect(await fleet("jobs", "run", "tidy", "--name", NAME)).toMatchObject({ code: 0 });
    const runs = JSON.parse((await fleet("jobs", "history", "--name", NAME, "--json")).stdout);
    expect(runs.map(({ job, state, attempt }: JobRunView) => [job, state, attempt])).toEqual([
      ["tidy", "done", 1],
      ["before-release", "done", 1],
      ["before-release", "done", 1],
      ["tidy", "scheduled", 1],
    ]);
  });

  test("a migration that fails ends the release: nothing is deployed, and its last words are told", async () => {
    const before = await history();
    await edit("fleet.rel.yaml", (text) =>
      text.replace("console.log('migrated to', process.env.PAYLOAD)", "console.log('no table votes'); process.exit(3)"),
    );
    commit("a bad migration");
    const { code, all } = await fleet("release", "--local");
    expect(code, all).toBe(1);
    expect(all).toMatch(/No release: on i-\w+, migrate ended with exit code 3: no table votes/);
    expect(await history()).toEqual(before);
    expect(await answer()).toBe("second");
    git("revert", "--no-edit", "HEAD");
  });

  test.each<[rule: string, prepare: () => Promise<void>, args: string[], code: number, sentence: RegExp]>([
    [
      "a changed tree",
      () => edit("stack-worker/nginx/nginx.conf", (text) => `${text}# changed\n`),
      [],
      1,
      /The tree is not what was committed \(1 file\)[\s\S]*M stack-worker\/nginx\/nginx\.conf/,
    ],
    [
      "an unknown service",
      async () => {},
      ["--service", "service-b"],
      2,
      /Got --service "service-b": this fleet has the services service-a\. Nothing was changed/,
    ],
    [
      "a compose file that cannot be read",
      async () => {
        await edit("stack-worker/services/service-a.yml", (text) => text.replace("read_only:", "read_olny:"));
        commit("service-a: a slip");
      },
      [],
      1,
      /stack-worker cannot run as it is\. Nothing was changed:\s+services\/service-a\.yml: compose refuses it: .*read_olny/,
    ],
  ])("%s is refused with a sentence, and nothing is deployed", async (_rule, prepare, args, code, sentence) => {
    const head = git("rev-parse", "HEAD").trim();
    const before = await history();
    await prepare();
    const refused = await fleet("release", "--local", ...args);
    git("reset", "-q", "--hard", head);
    expect(refused.code, refused.all).toBe(code);
    expect(refused.all).toMatch(sentence);
    expect(await history()).toEqual(before);
  });

  test("an unknown revision is refused with those that there are", async () => {
    const refused = await fleet("release", "rollback", "0123456789ab-ba9876543210", "--local");
    expect(refused.code).toBe(2);
    expect(refused.all).toMatch(
      /There is no revision 0123456789ab-ba9876543210\. Nothing was changed\. The newest are [0-9a-f]{12}-/,
    );
  });

  test("status tells what runs, on each worker", async () => {
    const [{ deployment, verdict, targets }] = JSON.parse(
      (await fleet("release", "status", "--local", "--json")).stdout,
    );
    expect(verdict.kind).toBe("succeeded");
    expect(targets).toMatchObject([{ status: "Succeeded" }]);
    expect(deployment.description).toMatch(/, back from [0-9a-f]{12}$/);
  });
});

whyOnContainers({ name: NAME, folder: () => path.join(root, ".fleet/local", NAME), fleet });
