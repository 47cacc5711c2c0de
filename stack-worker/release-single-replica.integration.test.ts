import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { watchReplicas } from "./test/container-events.ts";
import { watchHealth } from "./test/health-watch.ts";
import { createReleaseWorker, fleetOf, type ReleaseWorker } from "./test/release-worker.ts";
import { editFile } from "./test/revision.ts";

// Where a service has one replica, nobody covers for a step that is taken too early.
let worker: ReleaseWorker;

const succeeded = { code: 0 };
/** Several releases each, on a machine that may do other things. */
const patient = { timeout: 300_000 };

beforeAll(async () => {
  worker = await createReleaseWorker(1);
});

afterAll(() => worker?.remove());

describe("nginx", patient, () => {
  const resolver = (text: string) => ({
    "nginx/nginx.conf": (conf: string) => conf.replace("resolver 127.0.0.11 valid=1s", `resolver ${text}`),
  });
  const slowly = resolver("127.0.0.11 valid=4s");
  // A way out that goes and comes back changes nothing about the way in.
  const offline = { "rendered/compose.services.yml": (text: string) => text.replace(/\n +edge: \{\}/, "") };

  test("a replica leaves only when nginx knows the one that takes its place", async () => {
    const { result, lost, answers } = await worker.underLoad(async () => [
      await worker.release("second", { edits: { ...slowly, ...offline } }),
      await worker.release("third", { edits: slowly }),
    ]);
    for (const one of result) expect(one, one.stderr).toMatchObject(succeeded);
    expect(lost).toEqual({});
    expect(answers.filter((answer, i) => answers.indexOf(answer) === i)).toEqual(["first", "second", "third"]);
    expect(answers.at(-1)).toBe("third");
    expect(await worker.running("service-a")).toHaveLength(1);
  });

  test("that does not get to know it: the old one stays, nothing is lost", async () => {
    const before = await worker.state();
    const { result, lost, answers } = await worker.underLoad(() =>
      worker.release("unknown", { edits: resolver("127.0.0.1:5") }, { env: { RELEASE_KNOWN_SECONDS: "2" } }),
    );
    expect(result).toMatchObject({ failedAt: "ApplicationStart" });
    expect(result.stderr.trimEnd()).toMatch(
      /service-a: its replicas are healthy, but after 2 s nginx sends nothing to [0-9. ]+\. This worker is back at revision third$/,
    );
    expect(lost).toEqual({});
    expect(answers.at(-1)).toBe("third");
    expect(await worker.state()).toEqual(before);
  });
});

describe("a service with a health check of its own", patient, () => {
  const check = (script: string, more: string) => (text: string) =>
    `${text}    healthcheck: { test: [CMD, node, -e, ${JSON.stringify(script)}], interval: 500ms, ${more} }\n`;
  const healthyAfter4s = `
    const read = (file) => require("fs").readFileSync(file, "utf8").split(" ");
    process.exit(read("/proc/uptime")[0] - read("/proc/1/stat")[21] / 100 > 4 ? 0 : 1);`;
  const edits = { "services/service-a.yml": check(healthyAfter4s, "start_period: 60s") };

  test("its old replicas leave only when the new ones are healthy by it, although they answer before", async () => {
    const replicas = watchReplicas(worker.project, "service-a");
    const { result, lost } = await worker.underLoad(() => worker.release("checked", { edits }));
    const events = await replicas.stop();
    expect(result, result.stderr).toMatchObject(succeeded);
    expect(lost).toEqual({});
    expect(events).toEqual(["health_status: healthy", "die"]);
    expect(await worker.answer()).toBe("checked");
  });

  test("that becomes unhealthy: the release says its words and goes back", async () => {
    const before = await worker.state();
    const spoil = () =>
      editFile(
        join(worker.root, "incoming/stack-worker/services/service-a.yml"),
        check("console.log('no database here'); process.exit(1)", "retries: 2"),
      );
    const { result, lost } = await worker.underLoad(() =>
      worker.release("sick", {}, { before: { ApplicationStart: spoil } }),
    );
    expect(result).toMatchObject({ failedAt: "ApplicationStart" });
    expect(result.stderr.trimEnd()).toMatch(
      /is unhealthy, its health check says no database here.* This worker is back at revision checked$/,
    );
    expect(lost).toEqual({});
    expect(await worker.answer()).toBe("checked");
    expect(await worker.state()).toEqual(before);
  });
});

describe("what else a revision changes", patient, () => {
  const more = (nginxMemory: string) => ({
    fleet: fleetOf("checked", ["extra"]),
    edits: {
      "services/extra.yml": () => "services:\n  extra:\n    image: $SERVICE_A_IMAGE\n",
      "compose.yml": (text: string) =>
        text.replace("mem_limit: 96m", `mem_limit: ${nginxMemory}`).replace("24MiB", "25MiB"),
    },
  });
  const others = async () => ({ nginx: await worker.running("nginx"), mtail: await worker.running("mtail") });

  test("nginx itself: the worker leaves the load balancer first and comes back; a service that is new; a side container", async () => {
    const before = await others();
    const health = watchHealth(worker);
    const ending = worker.release("more", more("100m"), { env: { REJOIN_SECONDS: "0" } });
    // What a load balancer does: it sends until the worker has failed its check, and for a moment after that.
    const { lost } = await worker.underLoad(() => Promise.race([health.saw(503), ending]));
    const result = await ending;
    expect(result, result.stderr).toMatchObject(succeeded);
    expect(result.stdout).toContain("nginx itself changed");
    expect(result.stdout).not.toContain("although requests still arrive");
    expect(lost).toEqual({});
    expect(await health.stop()).toEqual([200, 503, 200]);
    expect(await readdir(join(worker.stateFolder, "flags"))).toEqual([]);
    expect(await readdir(worker.stateFolder)).not.toContain("release-drain");
    expect(await (await fetch(`${await worker.url(80)}/extra/`)).json()).toEqual({
      error: expect.stringContaining("/extra/"),
    });
    const after = await others();
    expect([after.nginx.length, after.mtail.length]).toEqual([1, 1]);
    expect(after.nginx).not.toEqual(before.nginx);
    expect(after.mtail).not.toEqual(before.mtail);
    expect(await worker.running("extra")).toHaveLength(1);
  });

  test("nginx itself, stopped before its container is replaced: the worker comes back into the load balancer", async () => {
    const before = await worker.state();
    const health = watchHealth(worker);
    const stopped = await worker.release("stopped", more("104m"), {
      env: { QUIET_SECONDS: "30" },
      onHook: async (event, hook) => {
        if (event !== "ApplicationStart" || hook.pid === undefined) return;
        await health.saw(503);
        process.kill(-hook.pid, "SIGTERM");
      },
    });
    expect(stopped).toMatchObject({
      failedAt: "ApplicationStart",
      stderr: expect.stringContaining("This worker is back at revision more"),
    });
    expect(await health.stop()).toEqual([200, 503, 200]);
    expect(await readdir(join(worker.stateFolder, "flags"))).toEqual([]);
    expect(await worker.state()).toEqual(before);
  });

  test("nginx back again on a worker that drains, which goes on draining; the service is gone again", async () => {
    // A release that was killed in the middle had taken it out of service: the drain is for longer.
    await writeFile(join(worker.stateFolder, "release-drain"), "");
    await worker.script("drain.sh", "start");
    const less = await worker.release("less", { fleet: fleetOf("checked") }, { env: { QUIET_SECONDS: "0" } });
    expect(less, less.stderr).toMatchObject(succeeded);
    expect(less.stdout).toContain("nginx itself changed");
    expect(less.stdout).toContain("extra is gone from the fleet");
    expect(await worker.running("service-a")).toHaveLength(1);
    expect(await worker.script("drain.sh", "status")).toMatchObject({ stdout: "draining\n" });
  });

  test("images: those of this fleet that neither this revision nor the one before needs are removed, others stay", async () => {
    const other = await worker.tagImage("old", "demo-other");
    const old = await worker.tagImage("old");
    const previous = await worker.tagImage("previous");
    const first = await worker.release("previous", { images: { SERVICE_A_IMAGE: previous } });
    expect(first, first.stderr).toMatchObject(succeeded);
    expect(first.stdout).toContain(`removed ${old}`);
    const current = await worker.tagImage("current");
    const second = await worker.release("current", { images: { SERVICE_A_IMAGE: current } });
    expect(second, second.stderr).toMatchObject(succeeded);
    expect(await worker.images()).toEqual([current, previous, other].sort());
  });
});
