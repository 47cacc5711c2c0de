import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { ReleaseAgent } from "@compose-fleet/emulator";
import { createDeployment, type Deployment, LIFECYCLE_EVENTS, type LifecycleEventName } from "@compose-fleet/emulator";
import { createGroupRunner } from "@compose-fleet/process";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { workerHome } from "../worker/worker-files.ts";
import { createReleaseAgent } from "./release-agent.ts";

const run = promisify(execFile);
const alive = new AbortController().signal;
const APPSPEC = `version: 0.0
os: linux
files:
  - source: /
    destination: /opt/fleet/incoming/stack-worker
file_exists_behavior: OVERWRITE
permissions:
  - object: /opt/fleet/incoming/stack-worker
    pattern: "*.sh"
    mode: 755
    type: [file]
hooks:
  AfterInstall:
    - location: hooks/after.sh
      timeout: 60
      runas: root
`;

let folder: string;
let agent: ReleaseAgent;
const bundles = new Map<string, Buffer>();
const added: string[] = [];

/** Packs files into a revision of that name. */
async function pack(name: string, files: Record<string, string>): Promise<Deployment> {
  const source = join(folder, "source", name);
  for (const [path, text] of Object.entries({ "appspec.yml": APPSPEC, ...files })) {
    await mkdir(dirname(join(source, path)), { recursive: true });
    await writeFile(join(source, path), text);
  }
  const archive = join(folder, `${name}.tgz`);
  await run("tar", ["-czf", archive, "-C", source, "."]);
  bundles.set(`workers/${name}.tgz`, await readFile(archive));
  return deploymentOf(name);
}

function deploymentOf(name: string): Deployment {
  return createDeployment(
    {
      id: `d-${name}`,
      creator: "user",
      revision: { bucket: "b", key: `workers/${name}.tgz`, bundleType: "tgz" },
      description: "",
      ignoreApplicationStopFailures: false,
      fileExistsBehavior: "DISALLOW",
      instanceIds: ["i-1"],
    },
    0,
  );
}

/** All events up to and with the last of `until`; what the last one said. */
async function carryOut(deployment: Deployment, until: LifecycleEventName, signal = alive) {
  for (const event of LIFECYCLE_EVENTS) {
    const said = await agent.run("i-1", deployment, event, signal);
    if (event === until || said.errorCode !== "Success") return { event, ...said };
  }
  throw new Error("no such event");
}
const installed = (path: string) => readFile(join(folder, "workers/i-1", path), "utf8");

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "release-agent-"));
  added.length = 0;
  agent = createReleaseAgent({
    // biome-ignore lint/style/noProcessEnv: scripts need a PATH to run
    runner: createGroupRunner({ PATH: process.env.PATH ?? "" }),
    stateDir: folder,
    application: "fleet-x-test-releases",
    deploymentGroup: "workers",
    fetch: ({ key }) => bundles.get(key),
    shell: (id) => ({ FLEET_ROOT: workerHome(folder, id).folder }),
    addLocalFiles: async (_id, into) => void added.push(into),
  });
});
afterEach(() => rm(folder, { recursive: true }));

describe("a revision on an instance", () => {
  test("is copied below the instance's root, and what only this machine has is added", async () => {
    const deployment = await pack("one", {
      "start.sh": "#!/bin/sh\n",
      "nginx/a.conf": "a",
      "hooks/after.sh": "#!/bin/sh\n",
    });
    expect(await carryOut(deployment, "Install")).toMatchObject({ event: "Install", errorCode: "Success" });
    expect(await installed("incoming/stack-worker/nginx/a.conf")).toBe("a");
    expect(added).toEqual([join(folder, "workers/i-1/incoming/stack-worker")]);
  });

  test("what the one before had installed goes away first", async () => {
    await carryOut(await pack("one", { "old.conf": "old" }), "Install");
    await carryOut(await pack("two", { "new.conf": "new" }), "Install");
    await expect(installed("incoming/stack-worker/old.conf")).rejects.toThrow("ENOENT");
    expect(await installed("incoming/stack-worker/new.conf")).toBe("new");
  });

  test.each([
    {
      rule: "a file in the way is a failure where nothing allows it",
      appspec: APPSPEC.replace(/file_exists.*\n/, ""),
      message: /specified file already exists at this location: x\.conf/,
    },
    {
      rule: "nothing is written outside of the instance's root",
      appspec: APPSPEC.replace("/opt/fleet/incoming/stack-worker", "/etc"),
      message: /^\/etc is outside \/opt\/fleet/,
    },
    {
      rule: "an appspec that is none says what is wrong",
      appspec: "version: 1.0\nos: linux\n",
      message: /^appspec.yml cannot be used: version/,
    },
  ])("$rule", async ({ appspec, message }) => {
    const deployment = await pack("one", { "x.conf": "x", "appspec.yml": appspec });
    await mkdir(join(folder, "workers/i-1/incoming/stack-worker"), { recursive: true });
    await writeFile(join(folder, "workers/i-1/incoming/stack-worker/x.conf"), "mine");
    expect(await carryOut(deployment, "Install")).toMatchObject({
      errorCode: "UnknownError",
      message: expect.stringMatching(message),
    });
    expect(await installed("incoming/stack-worker/x.conf")).toBe("mine");
  });

  test("that is not in the bucket cannot be downloaded", async () => {
    expect(await carryOut(deploymentOf("none"), "Install")).toMatchObject({
      event: "DownloadBundle",
      errorCode: "UnknownError",
      message: expect.stringContaining("The specified key does not exist"),
    });
  });
});

describe("a hook", () => {
  const hook = (text: string, appspec = APPSPEC) =>
    pack("one", { "hooks/after.sh": `#!/bin/bash\n${text}\n`, "appspec.yml": appspec });

  test("runs in the archive and is told what is going on", async () => {
    const said = await carryOut(
      await hook('echo "$DEPLOYMENT_ID $LIFECYCLE_EVENT $APPLICATION_NAME $DEPLOYMENT_GROUP_NAME"; ls appspec.yml'),
      "AfterInstall",
    );
    expect(said).toMatchObject({ errorCode: "Success", scriptName: "hooks/after.sh" });
    expect(said.logTail).toBe(
      "LifecycleEvent - AfterInstall\nScript - hooks/after.sh\n[stdout]d-one AfterInstall fleet-x-test-releases workers\n[stdout]appspec.yml\n",
    );
  });

  test("that fails is quoted, at its end", async () => {
    const said = await carryOut(await hook("printf '%5000s' x; echo; echo 'disk full' >&2; exit 7"), "AfterInstall");
    expect(said).toMatchObject({
      errorCode: "ScriptFailed",
      message: "Script at specified location: hooks/after.sh run as user root failed with exit code 7",
    });
    expect(said.logTail).toContain("[stderr]disk full\n");
    expect(said.logTail.length).toBeLessThanOrEqual(2048);
  });

  test("that is missing is named", async () => {
    expect(await carryOut(await pack("one", {}), "AfterInstall")).toMatchObject({
      errorCode: "ScriptMissing",
      message: expect.stringContaining("hooks/after.sh"),
    });
  });

  test("that takes too long is told to end, and nobody waits while it puts things back", async () => {
    const [allowed, done] = [join(folder, "may-end"), join(folder, "restored")];
    const restore = `until [ -e ${allowed} ]; do sleep 0.05; done; touch ${done}; exit 1`;
    const deployment = await hook(
      `trap '${restore}' TERM; echo working; sleep 30 & wait`,
      APPSPEC.replace("timeout: 60", "timeout: 1"),
    );
    const said = await carryOut(deployment, "AfterInstall");
    expect(said).toMatchObject({
      errorCode: "ScriptTimedOut",
      message: expect.stringContaining("failed to complete in 1 seconds"),
    });
    expect(said.logTail).toContain("[stdout]working");
    await writeFile(allowed, "");
    await vi.waitFor(() => readFile(done), 15_000);
  });

  test("dies with its machine", async () => {
    const death = new AbortController();
    const file = join(folder, "pid");
    const died = carryOut(
      await hook(`echo $$ >${file}.new; mv ${file}.new ${file}; sleep 30`),
      "AfterInstall",
      death.signal,
    );
    died.catch(() => undefined);
    const pid = Number(await vi.waitFor(() => readFile(file, "utf8"), 15_000));
    death.abort(new Error("dead"));
    await expect(died).rejects.toThrow("dead");
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow("ESRCH"), 15_000);
  });
});
