import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Progress, Runner } from "@compose-fleet/process";
import { InterruptedError } from "@compose-fleet/process";
import { expect, test } from "vitest";
import { startDaemon } from "./daemon.ts";

const runner: Runner = {
  run: async () => ({ exitCode: 0, stdout: "", stderr: "", missing: false, timedOut: false }),
};
const progress: Progress = {
  note: () => {},
  step: () => ({ update: () => {}, done: () => {}, fail: () => {} }),
};

test.each([true, false])(
  "a start that is interrupted before its process listens ends that process (detached: %s)",
  async (detached) => {
    const root = await mkdtemp(join(tmpdir(), "fleet-daemon-"));
    // A daemon that is still loading: it lives, and hears nothing on any socket.
    await mkdir(join(root, "local-fleet", "src"), { recursive: true });
    await writeFile(join(root, "local-fleet", "src", "main.ts"), "setInterval(() => {}, 1000);\n");
    const started = startDaemon({
      root,
      name: "interrupted",
      runner,
      progress,
      stop: AbortSignal.abort(),
      detached,
      prepare: async () => {},
    });
    await expect(started).rejects.toThrow(InterruptedError);
    await rm(root, { recursive: true });
  },
  10_000,
);
