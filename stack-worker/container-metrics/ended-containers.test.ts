import { mkdtemp, readdir, readFile, rm, stat, utimes } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { dockerClient } from "./docker-client.mjs";
import { createRecorder, type EndedRecord, type RecorderDeps } from "./ended-containers.mjs";
import { recordFolder } from "./record-folder.mjs";

const ID = "a".repeat(64);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ended-"));
});
afterEach(() => rm(folder, { recursive: true }));

function event(action: string, attributes: object = {}, id = ID, timeNano = 5_000_000_123): object {
  const labels = {
    "com.docker.compose.service": "web",
    "com.docker.compose.container-number": "2",
    name: "demo-web-2",
  };
  return { Action: action, Actor: { ID: id, Attributes: { ...labels, ...attributes } }, timeNano };
}

/** Records what becomes of these events; `inspect` may fail, as it does once a container is removed. */
async function recordsOf(events: readonly object[], docker: Partial<RecorderDeps["docker"]> = {}, by?: string) {
  const written: { record: EndedRecord; log: string }[] = [];
  const said: string[] = [];
  const stop = new AbortController();
  const recorder = createRecorder({
    docker: {
      inspect: async () => ({ State: { StartedAt: "2026-03-01T00:00:00Z", OOMKilled: false }, RestartCount: 1 }),
      logTail: async () => "last words\n",
      events: async (_project, _since, _signal, onEvent) => {
        for (const each of events) onEvent(each);
        stop.abort();
      },
      ...docker,
    },
    project: "demo",
    records: { write: async (record, log) => void written.push({ record, log }) },
    leavingFor: async () => by,
    nowMs: () => 9_000,
    say: (sentence) => said.push(sentence),
    sleep: async () => undefined,
  });
  await recorder.run(stop.signal);
  return { written, said };
}

test.each<[rule: string, events: readonly object[], expected: object]>([
  ["exit 3 by itself", [event("die", { exitCode: "3" })], { exitCode: 3, outOfMemory: false, signals: [] }],
  ["killed for its memory", [event("oom"), event("die", { exitCode: "137" })], { exitCode: 137, outOfMemory: true }],
  [
    "unhealthy, then told to stop",
    [event("health_status: unhealthy"), event("kill", { signal: "15" }), event("die", { exitCode: "0" })],
    { health: "unhealthy", signals: ["15"] },
  ],
])("%s is written with its last lines", async (_rule, events, expected) => {
  const { written } = await recordsOf(events);
  expect(written).toEqual([
    {
      record: expect.objectContaining({ service: "web", replica: "2", endedAtMs: 5_000, times: 1, ...expected }),
      log: "last words\n",
    },
  ]);
});

test("one that is removed at once is written with what was seen when it was told to stop, and by whom", async () => {
  let asked = 0;
  const logTail = async () => {
    asked += 1;
    if (asked > 1) throw new Error("no such container");
    return "seen before\n";
  };
  const { written } = await recordsOf(
    [event("kill", { signal: "15" }), event("die", { exitCode: "143" }), event("destroy")],
    { logTail },
    "scale.sh",
  );
  expect(written).toMatchObject([{ record: { by: "scale.sh", exitCode: 143 }, log: "seen before\n" }]);
});

test("one that ends again and again is one record, which counts", async () => {
  const { written } = await recordsOf([1, 2, 3].map(() => event("die", { exitCode: "1" })));
  expect(written.map(({ record }) => record.times)).toEqual([1, 2, 3]);
});

test("a one-off container is nobody's, and odd events stop nothing", async () => {
  const { written, said } = await recordsOf([
    {},
    { Action: 5 },
    event("die", { "com.docker.compose.oneoff": "True" }),
    event("die", { exitCode: "2" }),
  ]);
  expect(written).toHaveLength(1);
  expect(said.length).toBeLessThanOrEqual(1);
});

test("an engine that breaks off is listened to again, from where it was, and told of once", async () => {
  const since: (number | undefined)[] = [];
  const stop = new AbortController();
  const said: string[] = [];
  const recorder = createRecorder({
    docker: {
      inspect: async () => ({}),
      logTail: async () => "",
      events: async (_project, sinceNano, _signal, onEvent) => {
        since.push(sinceNano);
        if (since.length === 1) onEvent(event("destroy"));
        if (since.length === 4) stop.abort();
        throw new Error("gone");
      },
    },
    project: "demo",
    records: { write: async () => undefined },
    leavingFor: async () => undefined,
    nowMs: () => 0,
    say: (sentence) => said.push(sentence),
    sleep: async () => undefined,
  });
  await recorder.run(stop.signal);
  expect(since).toEqual([undefined, 5_000_000_123, 5_000_000_123, 5_000_000_123]);
  expect(said).toHaveLength(1);
});

test("records never take more than their room: the oldest go, whole", async () => {
  const records = recordFolder(folder, { maxBytes: 100_000 });
  const record = (id: string) => ({
    id,
    name: "n",
    service: "web",
    replica: "1",
    endedAtMs: 0,
    exitCode: 1,
    outOfMemory: false,
    signals: [],
    times: 1,
  });
  for (let index = 0; index < 30; index += 1) {
    await records.write(record(`${String(index).padStart(12, "0")}ffff`), "x".repeat(9_000), Date.now());
    const names = await readdir(folder);
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(100_000);
    expect(names.filter((name) => name.endsWith(".json")).length * 2).toBe(names.length);
    for (const name of names)
      await utimes(join(folder, name), index, index + Number(name.includes(String(index).padStart(12, "0"))));
  }
  expect(await readFile(join(folder, "web.1.000000000029.log"), "utf8")).toHaveLength(9_000);
  // Two weeks later.
  await records.write(record("b".repeat(12)), "", Date.now());
  expect((await readdir(folder)).sort()).toEqual(["web.1.bbbbbbbbbbbb.json", "web.1.bbbbbbbbbbbb.log"]);
});

test("a name is no path", async () => {
  const odd = {
    id: "../../x",
    name: "n",
    service: "../..",
    replica: "/",
    endedAtMs: 0,
    exitCode: 1,
    outOfMemory: false,
    signals: [],
    times: 1,
  };
  await recordFolder(folder).write(odd, "", Date.now());
  expect(await readdir(folder)).toHaveLength(2);
});

test("Docker's frames are taken apart, its events read however they are cut, and what was heard is not asked for again", async () => {
  const socket = join(folder, "docker.sock");
  const frame = (text: string) => Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, 0, text.length]), Buffer.from(text)]);
  const urls: string[] = [];
  const server = createServer((request, response) => {
    urls.push(request.url ?? "");
    if (request.url?.includes("/logs")) return response.end(Buffer.concat([frame("one\n"), frame("two\n")]));
    response.write('{"Action":"di');
    setImmediate(() => response.end('e"}\n\n{"Action":"oom"}\n'));
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const docker = dockerClient(socket);
  expect(await docker.logTail(ID, 200, 6)).toBe("e\ntwo\n");
  const heard: object[] = [];
  await docker.events("demo", 5_000_000_123, new AbortController().signal, (each) => heard.push(each));
  expect(heard).toEqual([{ Action: "die" }, { Action: "oom" }]);
  expect(urls[1]).toContain("since=5.000000124");
  server.close();
});
