import { CONSOLE_HEADER } from "@compose-fleet/wh-api";
import request from "supertest";
import { describe, expect, test } from "vitest";
import { API_TOKEN, createWorld } from "../test-support/world.ts";

type World = ReturnType<typeof createWorld>;
const OWN = { [CONSOLE_HEADER]: "1", host: "127.0.0.1:18090", origin: "http://127.0.0.1:18090" };

const signIn = (world: World, token: unknown = API_TOKEN, headers: object = OWN) =>
  request(world.wh.app)
    .post("/api/session")
    .set({ ...headers })
    .send({ token });

async function cookieOf(world: World): Promise<string> {
  const [cookie] = (await signIn(world)).headers["set-cookie"] as unknown as string[];
  return cookie?.split(";")[0] ?? "";
}

const look = (world: World, cookie: string, host = OWN.host) =>
  request(world.wh.app).get("/api/look").set({ cookie, host });

describe("signing in", () => {
  test("gives a cookie that no script reads and no other site sends, without the token in it", async () => {
    const world = createWorld();
    const answer = await signIn(world);
    expect([answer.status, answer.body]).toEqual([201, { expiresAtMs: world.clock.nowMs() + 12 * 3_600_000 }]);
    const [cookie] = answer.headers["set-cookie"] as unknown as string[];
    expect(cookie).toMatch(/^fleet_session_18090=[\w.-]+; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/);
    expect(cookie).not.toContain(API_TOKEN);
    expect((await look(world, await cookieOf(world))).status).toBe(200);
  });

  test.each([
    ["a wrong token", "wrong-token-0123456789", 401, /not the API token/],
    ["the alerts' token", "alerts-token-0123456789", 401, /not the API token/],
    ["no token", null, 422, /no token/],
    ["a number", 7, 422, /no token/],
    ["a list", [API_TOKEN], 422, /no token/],
    ["an endless one", "x".repeat(3_000), 422, /no token/],
    ["more than is read", "x".repeat(5_000), 413, /larger/],
  ])("%s is refused, and no cookie set", async (_what, token, status, problem) => {
    const answer = await signIn(createWorld(), token);
    expect([answer.status, answer.body.error]).toEqual([status, expect.stringMatching(problem)]);
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });

  test("after five wrong tokens within a minute also the right one waits", async () => {
    const world = createWorld();
    for (let attempt = 0; attempt < 5; attempt++) expect((await signIn(world, "wrong")).status).toBe(401);
    const refused = await signIn(world);
    expect([refused.status, refused.headers["retry-after"]]).toEqual([429, "60"]);
    await world.clock.advance(60_000);
    expect((await signIn(world)).status).toBe(201);
  });

  test("who is signed in already, and programs with the token, go on meanwhile", async () => {
    const world = createWorld();
    const cookie = await cookieOf(world);
    for (let attempt = 0; attempt < 6; attempt++) await signIn(world, "wrong");
    expect((await look(world, cookie)).status).toBe(200);
    const byToken = request(world.wh.app).get("/api/look").set("authorization", `Bearer ${API_TOKEN}`);
    expect((await byToken).status).toBe(200);
  });
});

describe("a page of another address", () => {
  const headers = (change: object) => ({ ...OWN, ...change });
  const { origin: _, ...withoutOrigin } = OWN;
  test.each([
    ["another site", headers({ origin: "https://evil.example" })],
    ["another port of this machine, which is the same site", headers({ origin: "http://127.0.0.1:3000" })],
    ["a sandboxed frame", headers({ origin: "null" })],
    ["a form, which sends no header of ours", { host: OWN.host, origin: OWN.origin }],
    ["a browser that says so itself", headers({ "sec-fetch-site": "same-site" })],
    ["nobody knows which", withoutOrigin],
  ])("%s neither signs in nor out nor changes anything", async (_what, sent) => {
    const world = createWorld();
    const cookie = await cookieOf(world);
    const { app } = world.wh;
    expect((await signIn(world, API_TOKEN, sent)).status).toBe(403);
    const asked = { ...sent, cookie };
    expect((await request(app).delete("/api/session").set(asked)).status).toBe(403);
    const pause = { kind: "pause", forSeconds: 60, reason: "test" };
    expect((await request(app).post("/api/overrides").set(asked).send(pause)).status).toBe(403);
    expect((await look(world, cookie)).body.status.overrides).toEqual([]);
  });

  test("the console's own page may", async () => {
    const world = createWorld();
    const asked = { ...OWN, cookie: await cookieOf(world) };
    const answer = await request(world.wh.app)
      .post("/api/overrides")
      .set(asked)
      .send({ kind: "pause", forSeconds: 60, reason: "test" });
    expect(answer.status).toBe(201);
  });

  test("no answer allows another origin to read it", async () => {
    const world = createWorld();
    const answer = await look(world, await cookieOf(world)).set("origin", "https://evil.example");
    expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  });
});

describe("a session", () => {
  test("ends by itself after twelve hours", async () => {
    const world = createWorld();
    const cookie = await cookieOf(world);
    world.clock.jump(12 * 3_600_000 - 1);
    expect((await look(world, cookie)).status).toBe(200);
    world.clock.jump(1);
    const answer = await look(world, cookie);
    expect([answer.status, answer.body.error]).toEqual([401, expect.stringContaining("sign in again")]);
  });

  test("ends for good when its user signs out", async () => {
    const world = createWorld();
    const cookie = await cookieOf(world);
    const out = await request(world.wh.app)
      .delete("/api/session")
      .set({ ...OWN, cookie });
    expect([out.status, out.headers["set-cookie"]?.[0]]).toEqual([204, expect.stringContaining("Max-Age=0")]);
    expect((await look(world, cookie)).status).toBe(401);
  });

  test.each([
    ["nothing", () => ""],
    ["the token itself", () => `fleet_session_18090=${API_TOKEN}`],
    ["a later end", (good: string) => good.replace(/=\d+/, "=99999999999999")],
    ["another signature", (good: string) => `${good.slice(0, -4)}AAAA`],
    ["a piece of it", (good: string) => good.slice(0, -10)],
    ["names like those of objects", () => "fleet_session_18090=__proto__.constructor.x"],
  ])("%s is none", async (_what, forge) => {
    const world = createWorld();
    expect((await look(world, forge(await cookieOf(world)))).status).toBe(401);
  });

  test("is the one of its port: another fleet's cookie on this machine is none", async () => {
    const world = createWorld();
    expect((await look(world, await cookieOf(world), "127.0.0.1:28090")).status).toBe(401);
  });

  test("holds for the other scaler too, and after a restart, since both know the token", async () => {
    const cookie = await cookieOf(createWorld());
    expect((await look(createWorld({ holder: "wh-standby/2" }), cookie)).status).toBe(200);
  });
});
