import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { systemClock } from "@compose-fleet/process";
import { expect, onTestFinished, test, vi } from "vitest";
import { createCrowd } from "./crowd.ts";

const program = new URL("server.mjs", import.meta.url).pathname;

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

function serve(port: number): ChildProcess {
  const server = spawn(process.execPath, [program, String(port)], { stdio: "ignore" });
  onTestFinished(() => {
    server.kill("SIGKILL");
  });
  return server;
}

test.each([
  ["SIGTERM", true],
  ["SIGKILL", false],
] as const)("at %s clients hear that they shall leave: %s; then they come back", async (signal, isTold) => {
  const port = await freePort();
  const first = serve(port);
  const crowd = createCrowd(`ws://127.0.0.1:${port}/`, { ...systemClock, random: () => 0.1 });
  onTestFinished(() => crowd.leave());
  await crowd.join(20);
  const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 50 });
  await until(() => expect(crowd.counts().open).toBe(20));
  expect([...crowd.byReplica().values()]).toEqual([20]);

  await crowd.move(5);
  await until(() => expect(crowd.counts()).toMatchObject({ open: 20, ended: [], awayMs: [] }));

  first.kill(signal);
  await until(() => expect(crowd.counts().ended).toHaveLength(20));
  expect(new Set(crowd.counts().ended.map((ended) => ended.isTold))).toEqual(new Set([isTold]));

  first.kill("SIGKILL");
  serve(port);
  await until(() => expect(crowd.counts()).toMatchObject({ open: 20, awayMs: { length: 20 } }));
});
