import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Deployment, DeployOptions } from "../test/code-deploy.ts";
import { createReleaseWorker, fleetOf, type ReleaseWorker } from "./test/release-worker.ts";
import { editFile, type RevisionOptions } from "./test/revision.ts";
import { must } from "./test/run.ts";

let worker: ReleaseWorker;

const succeeded = { code: 0 };
/** Several releases each, on a machine that may do other things. */
const patient = { timeout: 300_000 };

beforeAll(async () => {
  worker = await createReleaseWorker(3);
});

afterAll(() => worker?.remove());

describe("a release", patient, () => {
  test("replaces all replicas under load and loses nothing: both answers are seen, then only the new", async () => {
    const before = await worker.running("service-a");
    const nginx = await worker.running("nginx");
    const { result, lost, answers } = await worker.underLoad(() => worker.release("second"));
    expect(result, result.stderr).toMatchObject(succeeded);
    expect(lost).toEqual({});
    expect(new Set(answers)).toEqual(new Set(["first", "second"]));
    expect(answers.at(-1)).toBe("second");
    expect(result.stdout).toContain("service-a: 3 replicas replaced, 3 run");
    expect(await worker.running("nginx")).toEqual(nginx);
    const after = await worker.running("service-a");
    expect(after).toHaveLength(3);
    expect(after.filter((id) => before.includes(id))).toEqual([]);
    expect(await readdir(join(worker.root, "revisions"))).toEqual(["current", "previous"]);
  });

  test("made again, it changes nothing", async () => {
    const before = await worker.state();
    const result = await worker.release("second");
    expect(result, result.stderr).toMatchObject(succeeded);
    expect(result.stdout).toContain("revision second is what runs already");
    expect(result.stdout).not.toContain("replaced");
    expect(await worker.state()).toEqual(before);
  });

  test("that changes nginx's configuration has it read again, and loses nothing", async () => {
    const before = await worker.running();
    const edits = {
      "nginx/nginx.conf": (text: string) =>
        text.replace("server_tokens off;", "$&\n  add_header X-Revision third always;"),
    };
    const { result, lost } = await worker.underLoad(() => worker.release("third", { fleet: fleetOf("second"), edits }));
    expect(result, result.stderr).toMatchObject(succeeded);
    expect(lost).toEqual({});
    const health = await fetch(`${await worker.url(8080)}/metrics`);
    expect(health.headers.get("x-revision")).toBe("third");
    await health.text();
    expect(await worker.running()).toEqual(before);
  });
});

describe(
  "a release that cannot succeed leaves everything as it was, loses nothing and names the cause",
  patient,
  () => {
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
        { env: { RELEASE_HEALTHY_SECONDS: "12" } },
        "AfterInstall",
        "is not healthy after 12 s, it answers 503",
      ],
      [
        "listens on another port",
        { edits: command("require('http').createServer((q, r) => r.end()).listen(3001)") },
        { env: { RELEASE_HEALTHY_SECONDS: "5" } },
        "AfterInstall",
        "nothing listens on port 3000: it listens on 3001",
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
      const before = await worker.state();
      const { result, lost, answers } = await worker.underLoad(async () => {
        const ended: Deployment[] = [];
        for (const [, more, options] of rows) ended.push(await worker.release("broken", more, options));
        return ended;
      });
      for (const [i, [rule, , , failedAt, sentence]] of rows.entries()) {
        expect(result[i], rule).toMatchObject({ failedAt, stderr: expect.stringContaining(sentence) });
      }
      expect(lost).toEqual({});
      expect(answers).toEqual(["second"]);
      expect(await worker.state()).toEqual(before);
    });

    test("a replica that breaks although the trial went well: the old ones come back", async () => {
      const before = (await worker.state()) as { files: string[] };
      const spoil = () =>
        editFile(
          join(worker.root, "incoming/stack-worker/services/service-a.yml"),
          command("throw new Error('spoilt')")["services/service-a.yml"],
        );
      const { result, lost } = await worker.underLoad(() =>
        worker.release("spoilt", {}, { before: { ApplicationStart: spoil } }),
      );
      expect(result).toMatchObject({ failedAt: "ApplicationStart", stderr: expect.stringContaining("spoilt") });
      expect(result.stderr.trimEnd()).toMatch(/crashes again and again.* This worker is back at revision third$/);
      expect(lost).toEqual({});
      expect(await worker.answer()).toBe("second");
      expect(await worker.state()).toEqual(before);
    });
  },
);

describe("a release that is disturbed", patient, () => {
  test("killed in the middle and run again, it ends where it should; stopped in the middle, it goes back", async () => {
    const { lost, result } = await worker.underLoad(async () => {
      const inTheMiddle = async (signal: NodeJS.Signals) =>
        worker.release(
          "fourth",
          {},
          {
            onHook: async (event, hook) => {
              if (event !== "ApplicationStart" || hook.pid === undefined) return;
              await worker.moreThan(3);
              process.kill(-hook.pid, signal);
            },
          },
        );
      const stopped = await inTheMiddle("SIGTERM");
      const between = await worker.answer();
      const killed = await inTheMiddle("SIGKILL");
      return { stopped, between, killed, again: await worker.release("fourth") };
    });
    expect(result.stopped).toMatchObject({
      failedAt: "ApplicationStart",
      stderr: expect.stringContaining("This worker is back at revision third"),
    });
    expect(result.between).toBe("second");
    expect(result.killed).toMatchObject({ code: 137, failedAt: "ApplicationStart" });
    expect(result.again, result.again.stderr).toMatchObject(succeeded);
    expect(lost).toEqual({});
    expect([await worker.answer(), (await worker.running("service-a")).length]).toEqual(["fourth", 3]);
  });

  test("stopped while old replicas leave, it goes back without them", async () => {
    const { lost, result } = await worker.underLoad(() =>
      worker.release(
        "halfway",
        {},
        {
          onHook: async (event, hook) => {
            if (event !== "ApplicationStart" || hook.pid === undefined) return;
            const leaving = await vi.waitFor(() => readFile(join(worker.stateFolder, "leaving"), "utf8"), 60_000);
            const send = (signal: string) => must("docker", ["kill", "-s", signal, ...leaving.trim().split("\n")]);
            // They listen no more by then, and stay until the release has begun to go back.
            await sleep(500);
            await send("STOP");
            process.kill(-hook.pid, "SIGTERM");
            await sleep(5_000);
            await send("CONT");
          },
        },
      ),
    );
    expect(result).toMatchObject({
      failedAt: "ApplicationStart",
      stderr: expect.stringContaining("This worker is back at revision fourth"),
    });
    expect(lost).toEqual({});
    expect([await worker.answer(), (await worker.running("service-a")).length]).toEqual(["fourth", 3]);
  });

  test("a scale-in after its replicas were replaced is carried out at its end", async () => {
    // What scale.sh writes while a hook runs, and leaves the rest to the release.
    const scaleIn = () => writeFile(join(worker.stateFolder, "replicas/service-a"), "2\n");
    const { lost, result } = await worker.underLoad(() =>
      worker.release("late", {}, { before: { ValidateService: scaleIn } }),
    );
    expect(result, result.stderr).toMatchObject(succeeded);
    expect(lost).toEqual({});
    expect([await worker.answer(), (await worker.running("service-a")).length]).toEqual(["late", 2]);
    expect(await worker.script("scale.sh", "service-a", "3")).toMatchObject(succeeded);
  });

  const scaledMeanwhile = async (name: string, from: number, to: number) => {
    const { lost, result } = await worker.underLoad(async () => {
      const ending = worker.release(name);
      await worker.moreThan(from);
      expect(await worker.script("scale.sh", "service-a", String(to))).toMatchObject(succeeded);
      return ending;
    });
    expect(result, result.stderr).toMatchObject(succeeded);
    expect(lost).toEqual({});
    expect([await worker.answer(), (await worker.running("service-a")).length]).toEqual([name, to]);
    return result.stdout;
  };

  test("a scale-out meanwhile is obeyed", () => scaledMeanwhile("fifth", 3, 4));

  test("a scale-in meanwhile is obeyed, and a worker that drains goes on draining", async () => {
    await worker.script("drain.sh", "start");
    expect(await scaledMeanwhile("sixth", 4, 1)).toContain("the worker is draining, and stays so");
    expect(await worker.script("drain.sh", "status")).toMatchObject({ stdout: "draining\n" });
  });
});
