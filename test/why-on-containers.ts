import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type End, endOf, replicaOf } from "./contained-ends.ts";

/** `fleet why` on real containers of a local fleet of one worker that a release has just changed. */
export function whyOnContainers({
  name,
  folder,
  fleet,
}: {
  readonly name: string;
  readonly folder: () => string;
  readonly fleet: (...args: string[]) => Promise<{ readonly code: number | null; readonly all: string }>;
}): void {
  describe("fleet why", () => {
    const why = async (what: string) => (await fleet("why", what, "--name", name)).all;
    const replicas = () =>
      execFileSync(
        "docker",
        [
          "ps",
          "-q",
          "--filter",
          `label=compose-fleet.local=${name}`,
          "--filter",
          "label=com.docker.compose.service=service-a",
        ],
        { encoding: "utf8" },
      )
        .trim()
        .split("\n").length;
    const untilThere = (count: number) => expect.poll(replicas, { timeout: 60_000, interval: 250 }).toBe(count);

    test("a replica that a release replaced: which script, and its last line", async () => {
      const told = await why("service-a");
      expect(told).toMatch(/service-a-\d+ was replaced by a release \([a-z-]+\.sh\)/);
      expect(told).toMatch(/"msg":"stopped"\}\s*$/);
    });

    test.each<[rule: string, end: End, cause: RegExp, lastLine: string]>([
      [
        "exit 3, after 5 MB a second of other lines",
        {
          script: `const line = "x".repeat(499) + "\\n";
          const begun = Date.now();
          let sent = 0;
          const more = () => {
            if (Date.now() - begun > 3000) return process.stdout.write("no table votes\\n", () => process.exit(3));
            const due = Math.floor((Date.now() - begun) * 10);
            process.stdout.write(line.repeat(Math.max(0, due - sent)), () => setTimeout(more, 10));
            sent = Math.max(sent, due);
          };
          more();`,
        },
        /doomed-1 ended by itself with exit code 3$/m,
        "no table votes",
      ],
      [
        "out of memory",
        {
          script: 'console.log("taking all"); const all = []; setInterval(() => all.push(Buffer.alloc(2e7, 1)), 5)',
          options: ["--memory", "96m", "--memory-swap", "96m"],
        },
        /doomed-1 ran out of memory and was killed: raise memory of doomed/,
        "taking all",
      ],
      [
        "told to stop while unhealthy",
        {
          script: 'console.log("the pool is empty"); setInterval(() => {}, 1000)',
          options: ["--health-cmd", "echo 503 no pool; exit 1", "--health-interval", "1s", "--health-retries", "1"],
          isStopped: true,
        },
        /doomed-1 was told to stop while unhealthy: 503 no pool$/m,
        "the pool is empty",
      ],
    ])("%s: the cause and the last line", async (_rule, end, cause, lastLine) => {
      const id = await endOf(replicaOf(name, "service-a"), end, (isUnhealthy) =>
        expect.poll(isUnhealthy, { timeout: 30_000, interval: 250 }).toBe(true),
      );
      const told = async () => why(id);
      await expect.poll(told, { timeout: 30_000, interval: 500 }).toMatch(cause);
      expect((await told()).trimEnd().split("\n").at(-1)).toMatch(new RegExp(`Z ${lastLine}$`));
    });

    test("what the worker keeps of all that is small, 5 MB a second or not", () => {
      const kept = readdirSync(folder(), { recursive: true, encoding: "utf8" }).filter((name) =>
        /\/ended\//.test(name),
      );
      const bytes = kept.reduce((sum, name) => sum + statSync(path.join(folder(), name)).size, 0);
      expect(kept.length).toBeGreaterThan(0);
      // Of each at most 64 KB of its lines, whatever it printed.
      expect(bytes).toBeLessThan(1_000_000);
    });

    test("a replica that was scaled in: by which decision", async () => {
      const ask = (...args: string[]) => fleet("override", ...args, "--name", name);
      const pin = (count: number) =>
        ask("--service", "service-a", "--pin", String(count), "--for", "5m", "--reason", "sale");
      expect((await pin(2)).code).toBe(0);
      await untilThere(2);
      expect((await pin(1)).code).toBe(0);
      await untilThere(1);
      await expect
        .poll(() => why("service-a"), { timeout: 30_000, interval: 500 })
        .toMatch(
          /service-a-\d+ was scaled in\n[\s\S]+ decided \S+: i-\w+\/service-a 2 -> 1: [\s\S]+"msg":"stopped"\}\s*$/,
        );
    });

    test("a worker whose machine was lost: what the group says, and its containers' last lines", async () => {
      const worker = /i-[0-9a-f]+/.exec(replicaOf(name, "service-a").project)?.[0] ?? "";
      expect((await fleet("local", "fault", "kill-worker", "--for", "1s", "--name", name)).code).toBe(0);
      const told = async () => why(worker);
      // In the group's words, and those of whoever it had.
      await expect
        .poll(told, { timeout: 60_000, interval: 500 })
        .toMatch(
          /group .*Terminating .*terminated or stopped[\s\S]+decided nothing about it: .*machine was lost[\s\S]+last \d+ lines:\n/,
        );
    });
  });
}
