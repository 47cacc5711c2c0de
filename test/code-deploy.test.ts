import type { ChildProcess } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { deploy } from "./code-deploy.ts";

/** An unpacked revision whose only hook is this script, and where it goes. */
async function revision(script: string) {
  const folder = await mkdtemp(join(tmpdir(), "code-deploy-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const archive = join(folder, "archive");
  await mkdir(archive);
  await writeFile(
    join(archive, "appspec.yml"),
    JSON.stringify({ files: [], hooks: { ApplicationStart: [{ location: "hook.sh" }] } }),
  );
  await writeFile(join(archive, "hook.sh"), `#!/bin/sh\n${script}\n`);
  await chmod(join(archive, "hook.sh"), 0o755);
  return [join(folder, "root"), archive] as const;
}

const isAlive = (pid = 0) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test("a hook that is disturbed as wanted fails the deployment with its words", async () => {
  const deployment = await deploy(...(await revision("echo begun; echo bad >&2; sleep 60")), {
    onHook: async (_, { pid, stdout }) => {
      await new Promise((begun) => stdout?.once("data", begun));
      await sleep(100);
      process.kill(-(pid ?? 0), "SIGKILL");
    },
  });
  expect(deployment).toEqual({ code: 137, stdout: "begun\n", stderr: "bad\n", failedAt: "ApplicationStart" });
});

test("a hook that ends before it is disturbed is told with its words", async () => {
  const onHook = () => new Promise<never>(() => {});
  await expect(deploy(...(await revision("echo begun; echo bad >&2; exit 3")), { onHook })).rejects.toThrow(
    "hook.sh ended (3) too early.\nbegun\nbad\n",
  );
});

test("a hook does not go on when its disturber fails", async () => {
  let hook: ChildProcess | undefined;
  const onHook = async (_: string, child: ChildProcess) => {
    hook = child;
    throw new Error("never more than 3 replicas");
  };
  await expect(deploy(...(await revision("sleep 60")), { onHook })).rejects.toThrow("never more than 3 replicas");
  expect(isAlive(hook?.pid)).toBe(false);
});
