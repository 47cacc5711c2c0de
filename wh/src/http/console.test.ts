import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { lookSchema } from "@compose-fleet/wh-api";
import request from "supertest";
import { describe, expect, onTestFinished, test } from "vitest";
import { consoleFilesOf } from "../console/console-files.ts";
import { API_TOKEN, createWorld } from "../test-support/world.ts";

type World = ReturnType<typeof createWorld>;
const authorization = `Bearer ${API_TOKEN}`;
const look = (world: World, since = "") => request(world.wh.app).get(`/api/look${since}`).set({ authorization });
const SCRIPT = `console.log("${"x".repeat(500)}");`;
const built: Readonly<Record<string, string>> = {
  "index.html": "<!doctype html>",
  "app-ABCD.js": SCRIPT,
  "notes.txt": "not served",
};
const files = consoleFilesOf(Object.keys(built), (name) => Buffer.from(built[name] ?? ""));
const serving = () => createWorld(files && { consoleFiles: files });

describe("the page", () => {
  test("allows nothing of another host, nothing inline and no frame around it", async () => {
    const { headers, status, text } = await request(serving().wh.app).get("/");
    expect([status, text]).toEqual([200, "<!doctype html>"]);
    const policy = headers["content-security-policy"];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(headers).toMatchObject({
      "cache-control": "no-cache",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    });
  });

  test("has its files beside it, for ever, compressed for whoever takes that", async () => {
    const { app } = serving().wh;
    const zipped = await request(app).get("/console/app-ABCD.js").set("accept-encoding", "gzip");
    expect(zipped.headers).toMatchObject({
      "content-encoding": "gzip",
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": expect.stringContaining("immutable"),
    });
    const plain = await request(app).get("/console/app-ABCD.js").set("accept-encoding", "identity");
    expect([plain.headers["content-encoding"], plain.text]).toEqual([undefined, SCRIPT]);
  });

  test.each(["notes.txt", "index.html", "..%2fmain.ts", "__proto__", "constructor"])(
    "nothing else is there: %s",
    async (name) => expect((await request(serving().wh.app).get(`/console/${name}`)).status).toBe(404),
  );

  test("a scaler that was built without it says so, and scales", async () => {
    const answer = await request(createWorld().wh.app).get("/");
    expect([answer.status, answer.text]).toEqual([404, expect.stringContaining("npm run build -w wh")]);
  });
});

describe("a look", () => {
  test("says what is there, what would change it and what users get", async () => {
    const world = serving();
    world.requestsPerSecond = 200;
    await world.wh.start();
    await world.clock.advance(30_000);
    const whole = lookSchema.parse((await look(world)).body);
    expect(whole).toMatchObject({ isWhole: true, console: "app-ABCD.js", capacities: { "service-a": 100 } });
    expect(whole.status.workers?.inService).toBe(1);
    expect(whole.turningPoints).toMatchObject([
      { target: "workers", now: 200 },
      { target: "replicas/i-1/service-a", now: 200, growsAbove: 210 },
    ]);
    expect(whole.decisions.every(({ kind }) => kind !== "hold")).toBe(true);
    expect(whole.decisions[0]?.outcome?.status).toBe("applied");
    expect(whole.trend.at(-1)?.services["service-a"]).toMatchObject({ load: 200, capacity: 300 });
    const later = lookSchema.parse((await look(world, `?since=${whole.trend[0]?.atMs}`)).body);
    expect([later.isWhole, later.trend.length]).toEqual([false, whole.trend.length - 1]);
    await world.wh.stop();
  });

  test("what cannot be read is unknown, never 0", async () => {
    const world = createWorld();
    world.prometheusIsUp = false;
    await world.wh.start();
    await world.clock.advance(100);
    const { body } = await look(world);
    expect(body.traffic).toEqual({ requestsPerSecond: null, p99Seconds: null, failuresPerSecond: null });
    expect(body.trend[0].services["service-a"]).toMatchObject({ load: null, capacity: null });
    await world.wh.stop();
  });

  test("nobody looks: Prometheus is asked nothing more than ticks ask", async () => {
    const world = createWorld();
    await world.wh.start();
    await world.clock.advance(60_000);
    expect((await look(world)).body.traffic.p99Seconds).toBeNull();
    await world.wh.stop();
  });

  test.each(["?since=x", "?since=-1", "?since=1&since=2"])("%s is refused", async (since) => {
    expect((await look(createWorld(), since)).status).toBe(400);
  });
});

describe("the stream", () => {
  test("wants the token or a session", async () => {
    expect((await request(createWorld().wh.app).get("/api/stream")).status).toBe(401);
  });

  test("tells what has changed, and ends with the scaler", async () => {
    const world = createWorld();
    const server = createServer(world.wh.app).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await world.wh.start();
    await world.clock.advance(100);
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/api/stream`, { headers: { authorization } });
    expect(answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(answer.headers.get("x-accel-buffering")).toBe("no");
    let heard = "";
    const reading = (async () => {
      for await (const bytes of answer.body ?? []) heard += Buffer.from(bytes).toString();
    })();
    const looks = () =>
      heard.split("\n\n").flatMap((event) => {
        const [, data] = /^event: look\ndata: (.*)$/.exec(event) ?? [];
        return data === undefined ? [] : [lookSchema.parse(JSON.parse(data))];
      });
    await world.clock.advance(300);
    await expect.poll(() => looks().length).toBe(1);
    expect(looks()[0]?.isWhole).toBe(true);
    world.requestsPerSecond = 200;
    await world.clock.advance(20_000);
    await expect.poll(() => looks().at(-1)?.status.services["service-a"]?.replicasReady).toBe(3);
    expect(looks().at(-1)).toMatchObject({ isWhole: false, traffic: { p99Seconds: 0.2 } });
    expect(heard).toContain("event: beat");
    await world.wh.stop();
    await reading;
  });
});
