import { appendFile, mkdtemp, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EndedRecord } from "../ended-containers.mjs";
import { answeringIn, answerLog } from "./answer-log.mjs";
import { endedTroubles } from "./ended-troubles.mjs";
import { createHealer, type HealerDeps } from "./healer.mjs";
import { orderFolder } from "./order-folder.mjs";
import { probe } from "./probe.mjs";
import { createReplicaWatch } from "./watch-replicas.mjs";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "healing-"));
});
afterEach(() => rm(folder, { recursive: true }));

const id = (letter: string) => letter.repeat(64);
const container = (letter: string, service: string, address: string, status = "Up 3 minutes") => ({
  Id: id(letter),
  Names: [`/demo-${service}-${letter}`],
  Status: status,
  Labels: { "com.docker.compose.service": service, "com.docker.compose.oneoff": "False" },
  Created: 0,
  NetworkSettings: { Networks: { demo_services: { IPAddress: address } } },
});

/** A healer of a worker with nginx and three replicas of web, of which those in `mute` answer nothing. */
function healing(change: Partial<HealerDeps> = {}, mute: ReadonlySet<string> = new Set()) {
  let now = 0;
  const said: string[] = [];
  const healer = createHealer({
    docker: {
      containers: async () => [
        container("f", "nginx", "10.0.0.9"),
        container("a", "web", "10.0.0.1"),
        container("b", "web", "10.0.0.2", "Up 3 minutes (Paused)"),
        container("c", "web", "10.0.0.3"),
      ],
    },
    project: "demo",
    table: async () => new Map([["web", { port: 80, path: "/" }]]),
    isOut: async () => false,
    leavingIds: async () => new Set(),
    users: async () => new Set(),
    watch: createReplicaWatch({
      ask: (one) => (mute.has(one.id) ? new Promise(() => undefined) : Promise.resolve(true)),
    }),
    orders: orderFolder(folder),
    nowMs: () => now,
    wallMs: () => 1_700_000_000_000 + now,
    say: (sentence) => said.push(sentence),
    ...change,
  });
  const until = async (seconds: number) => {
    for (; now <= seconds * 1000; now += 500) await healer.look();
  };
  return { healer, until, said, orders: () => readFile(join(folder, "orders"), "utf8").catch(() => "none") };
}

describe("what is ordered", () => {
  test("nothing is written while all are well", async () => {
    const { until, orders } = healing();
    await until(30);
    expect(await orders()).toBe("none");
  });
  test("one that hangs is kept from nginx, then replaced, in words that stay", async () => {
    const { until, orders } = healing({}, new Set([id("b")]));
    await until(3);
    const line = `${id("b")} web refuse - demo-web-b answered nothing for 2 s, while 2 others did`;
    expect(await orders()).toBe(`nginx 10.0.0.9\n${line}\n`);
    await until(9);
    expect(await orders()).toBe(`nginx 10.0.0.9\n${line.replace(" - ", " replace ")}\n`);
  });
  test("orders that hold are repeated, and taken back when they do not", async () => {
    const mute = new Set([id("b")]);
    const { until, orders } = healing({}, mute);
    await until(9);
    await utimes(join(folder, "orders"), 0, 0);
    await until(20);
    expect((await stat(join(folder, "orders"))).mtimeMs).toBeGreaterThan(0);
    await rm(join(folder, "orders"));
    const well = healing({ orders: orderFolder(folder) });
    await well.until(5);
    expect(await orders()).toBe("none");
  });
  test.each<[string, Partial<HealerDeps>]>([
    ["a worker that drains", { isOut: async () => true }],
    ["one that leaves already", { leavingIds: async () => new Set([id("b")]) }],
    ["a container that is no service's", { table: async () => new Map() }],
  ])("%s heals nobody", async (_rule, change) => {
    const { until, orders } = healing(change, new Set([id("b")]));
    await until(20);
    expect(await orders()).toBe("none");
  });
  test("none answers: nothing is ordered, and it is told", async () => {
    const { healer, until, orders } = healing({}, new Set(["a", "b", "c"].map(id)));
    await until(20);
    expect([await orders(), healer.troubles()]).toEqual([
      "none",
      [expect.objectContaining({ service: "web", kind: "not-healed", text: expect.stringContaining("no single one") })],
    ]);
  });
  test("what became of it is told, and counts", async () => {
    const done = (seconds: number, result: string) =>
      `${1_700_000_000 + seconds} web ${id("b")} ${result} demo-web-b is unhealthy \n`;
    await writeFile(join(folder, "done"), `nonsense\n${done(-100, "replaced")}`);
    const { healer, until, orders } = healing({}, new Set([id("b")]));
    await until(1);
    expect(healer.troubles()).toEqual([
      { service: "web", kind: "healed", text: "demo-web-b is unhealthy: it was replaced", value: 1 },
    ]);
    await appendFile(join(folder, "done"), done(0, "no-better"));
    await until(20);
    expect(await orders()).toContain("refuse - ");
    expect(healer.troubles().map(({ kind }) => kind)).toContain("not-healed");
  });
  test("an engine that does not answer is told once, and orders nothing", async () => {
    const broken = { containers: () => Promise.reject(new Error("gone")) };
    const { until, said, orders } = healing({ docker: broken });
    await until(10);
    expect([said, await orders()]).toEqual([["replicas cannot be watched: gone"], "none"]);
  });
});

describe("who answered users, by nginx's log", () => {
  const line = (status: number, upstreams: string) =>
    `web ${status} 0.004 1700000000.123 10.1.1.1 ${upstreams} 0.004 "GET /x" 12\n`;
  test.each([
    ["one that answered", line(200, "10.0.0.2:80"), ["10.0.0.2"]],
    ["with an error of its own", line(500, "10.0.0.2:80"), ["10.0.0.2"]],
    ["the last that was tried", line(200, "10.0.0.2:80, 10.0.0.3:80"), ["10.0.0.3"]],
    ["after a replay", line(200, "10.0.0.2:80 : 10.0.0.3:80"), ["10.0.0.3"]],
    ["a client that gave up is no answer", line(499, "10.0.0.2:80"), []],
    ["nor what nginx gave up", line(504, "10.0.0.2:80"), []],
    ["nor what no replica was asked", line(503, "-"), []],
    ["a path that looks like one", 'web 200 0.004 1.1 10.1.1.1 - - "GET /10.0.0.2:80 x" 1\n', []],
    ["half a line", "web 200 0.0", []],
  ])("%s", (_rule, text, expected) => {
    expect([...answeringIn(text)]).toEqual(expected);
  });
  test("only what is new, also after the log was rotated", async () => {
    const path = join(folder, "access.log");
    const log = answerLog(path);
    expect([...(await log.look())]).toEqual([]);
    await writeFile(path, line(200, "10.0.0.1:80"));
    expect([...(await log.look())]).toEqual([]);
    await appendFile(path, line(200, "10.0.0.2:80"));
    expect([...(await log.look())]).toEqual(["10.0.0.2"]);
    expect([...(await log.look())]).toEqual([]);
    await rename(path, `${path}.1`);
    await writeFile(path, line(200, "10.0.0.3:80"));
    expect([...(await log.look())]).toEqual(["10.0.0.3"]);
  });
});

describe("what the ends of replicas mean", () => {
  const record = (change: Partial<EndedRecord> = {}): EndedRecord => ({
    id: id("a"),
    name: "demo-web-1",
    service: "web",
    replica: "1",
    endedAtMs: 0,
    exitCode: 3,
    outOfMemory: false,
    signals: [],
    times: 1,
    ...change,
  });
  const LOG = '2026-12-01T02:38:20.876318617Z starting\n2026-12-01T02:38:21Z cannot "read" it\n    at main (x.js:1)\n';
  test("three by themselves in five minutes are a loop, with the last lines", () => {
    const troubles = endedTroubles();
    for (const atMs of [0, 1000]) troubles.ended(record(), LOG, atMs);
    expect(troubles.at(1000)).toEqual([]);
    troubles.ended(record(), LOG, 2000);
    const text = "demo-web-1 ended with exit code 3, and others like it; its last lines: starting | cannot  read  it";
    expect(troubles.at(2000)).toEqual([{ service: "web", kind: "crash-loop", text, value: 3 }]);
    expect(troubles.at(302_000)).toEqual([]);
  });
  test("whoever was told to leave did not crash", () => {
    const troubles = endedTroubles();
    for (let atMs = 0; atMs < 5000; atMs += 1000) {
      troubles.ended(record({ by: "scale.sh" }), LOG, atMs);
      troubles.ended(record({ signals: ["15"] }), LOG, atMs);
    }
    expect(troubles.at(5000)).toEqual([]);
  });
  test.each([
    [96 * 1024 ** 2, "demo-web-1 was killed for its memory: its limit is 96 MiB (memory in the fleet file)"],
    [0, "demo-web-1 was killed for its memory: it has no limit, and the worker has no more"],
  ])("killed for its memory is told at once, with the limit %i", (memoryLimitBytes, text) => {
    const troubles = endedTroubles();
    troubles.ended(record({ outOfMemory: true, memoryLimitBytes }), LOG, 0);
    expect(troubles.at(0)).toEqual([{ service: "web", kind: "out-of-memory", text, value: 1 }]);
  });
  test("a program that prints a lot is told by its end, on one line", () => {
    const troubles = endedTroubles();
    for (const atMs of [0, 1, 2]) troubles.ended(record(), `${"x".repeat(10_000)}\n\u0007end`, atMs);
    expect(troubles.at(2)[0]?.text).toMatch(/^[ -~]{200,420}end$/);
  });
});

test("a probe takes any answer, and no other", async () => {
  const answers = ["HTTP/1.1 500 no\r\n\r\n", "hello, no HTTP\n", "", undefined];
  const outcomes: boolean[] = [];
  for (const answer of answers) {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      if (answer === undefined) return;
      socket.once("data", () => socket.end(answer));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as { port: number };
    const asked = { ...container("a", "web", "127.0.0.1"), port };
    outcomes.push(
      await probe({
        id: asked.Id,
        service: "web",
        address: "127.0.0.1",
        port,
        path: "/",
        health: undefined,
        createdAtMs: 0,
      }),
    );
    server.close();
  }
  expect(outcomes).toEqual([true, true, false, false]);
});
