import type { Response } from "supertest";
import request from "supertest";
import { describe, expect, test } from "vitest";
import { payload, recordedPayload } from "../test-support/notifications.ts";
import { ALERTS_TOKEN, API_TOKEN, createWorld } from "../test-support/world.ts";

const post = (world: ReturnType<typeof createWorld>, body: string | object, headers: Record<string, string> = {}) =>
  request(world.wh.app)
    .post("/alerts")
    .set({ authorization: `Bearer ${ALERTS_TOKEN}`, "content-type": "application/json", ...headers })
    .send(typeof body === "string" ? body : JSON.stringify(body));
const explain = async (world: ReturnType<typeof createWorld>, receipt: string): Promise<Response["body"]> =>
  (await request(world.wh.app).get(`/api/explain?receipt=${receipt}`).set("authorization", `Bearer ${API_TOKEN}`)).body;

describe("a notification", () => {
  test("of a real Alertmanager is received with a receipt, at /alerts and at /", async () => {
    const world = createWorld();
    const first = await post(world, recordedPayload("1-firing-1alerts"));
    expect([first.status, first.body]).toEqual([202, { receipt: "id-1" }]);
    const root = await request(world.wh.app)
      .post("/")
      .set("authorization", `Bearer ${ALERTS_TOKEN}`)
      .send(recordedPayload("4-resolved-1alerts"));
    expect(root.status).toBe(202);
  });

  test("sent again gets its own receipt, which names the one it repeats", async () => {
    const world = createWorld();
    await post(world, payload({ alertname: "A" }));
    const again = await post(world, payload({ alertname: "A" }));
    const { receipt } = await explain(world, again.body.receipt);
    expect(receipt).toMatchObject({ id: again.body.receipt, repeats: "id-1" });
  });

  test.each([
    ["an unknown service", { service: "nope" }, "A ignored: unknown service nope"],
    ["a service with shell characters", { service: "a; rm -rf /" }, "A ignored: unknown service a; rm -rf /"],
    ["a worker with shell characters", { worker: "$(id)" }, "A ignored: unknown worker $(id)"],
  ])("about %s is 202, and its receipt says that it is ignored", async (_rule, labels, note) => {
    const world = createWorld();
    const answer = await post(world, payload({ alertname: "A", scale: "containers", direction: "up", ...labels }));
    expect(answer.status).toBe(202);
    expect((await explain(world, answer.body.receipt)).receipt.notes).toEqual([note]);
    expect(world.calls).toEqual([]);
  });

  test("about a worker that is not in the group is noted once the loop has looked", async () => {
    const world = createWorld();
    await world.wh.start();
    const labels = { alertname: "A", scale: "containers", direction: "up", worker: "i-gone", fleet_test: "true" };
    const answer = await post(world, payload(labels as Record<string, string>));
    await world.clock.advance(1000);
    const { receipt } = await explain(world, answer.body.receipt);
    expect(receipt.notes).toEqual(["A ignored: unknown worker i-gone"]);
    expect(world.calls).toEqual([]);
    await world.wh.stop();
  });
});

const PROTOTYPE_KEYS = ["__proto__", "constructor", "prototype", "hasOwnProperty", "toString", "toJSON", "then"];
const ODD_TEXTS = ["null", "1", "[]", "{}", '"x"', '{"fleet_test":"true"}', '{"name":null}', '{"prototype":null}'];

describe("names that mean something on every JavaScript object", () => {
  const ask = { alertname: "A", scale: "containers", direction: "up", worker: "i-1" };
  /** The body with the key written first in the object that begins at `place`: `JSON.stringify` would lose `__proto__`. */
  const withKey = (place: string, key: string, text: string) =>
    JSON.stringify(payload(ask)).replace(place, `${place}${JSON.stringify(key)}:${text},`);

  test.each(PROTOTYPE_KEYS)("%s is one more unknown key, and no label unless it is a text", async (key) => {
    const world = createWorld();
    for (const text of ODD_TEXTS) {
      const beside = [await post(world, withKey("{", key, text)), await post(world, withKey('"alerts":[{', key, text))];
      expect([text, ...beside.map(({ status }) => status)]).toEqual([text, 202, 202]);
      const label = await post(world, withKey('"labels":{', key, text));
      const isLabel = text === '"x"' || key === "__proto__";
      expect([text, label.status]).toEqual([text, isLabel ? 202 : 422]);
      if (!isLabel) expect(label.body.error).toMatch(`alerts.0.labels.${key}`);
    }
    expect(world.calls).toEqual([]);
  });
});

describe("refused", () => {
  const deep = (depth: number) => `{"version":"4","x":${"[".repeat(depth)}${"]".repeat(depth)}}`;
  test.each([
    ["malformed", "{version:4}", {}, 400, /no JSON text/],
    ["truncated", JSON.stringify(payload({ alertname: "A" })).slice(0, -20), {}, 400, /no JSON text/],
    ["empty", "", {}, 400, /no JSON text/],
    ["deeply nested", deep(40), {}, 400, /nests deeper than 32/],
    ["very deeply nested", deep(500_000), {}, 400, /nests deeper than 32/],
    ["too large", `"${"x".repeat(1024 ** 2)}"`, {}, 413, /larger than 1048576 bytes/],
    ["not JSON by its type", "{}", { "content-type": "text/plain" }, 415, /Content-Type: application\/json/],
    ["compressed", "{}", { "content-encoding": "gzip" }, 415, /compressed/],
    ["another version", { ...payload({}), version: "5" }, {}, 422, /send version "4"/],
    ["another schema", "[]", {}, 422, /not an Alertmanager notification/],
    ["without token", payload({}), { authorization: "" }, 401, /no bearer token/],
    ["with basic auth", payload({}), { authorization: "Basic YTpi" }, 401, /no bearer token/],
    ["with a wrong token", payload({}), { authorization: "Bearer wrong" }, 401, /a wrong bearer token/],
    ["with the API's token", payload({}), { authorization: `Bearer ${API_TOKEN}` }, 401, /a wrong bearer token/],
  ])("%s", async (_rule, body, headers, status, problem) => {
    const world = createWorld();
    const answer = await post(world, body, headers as Record<string, string>);
    expect(answer.status).toBe(status);
    expect(answer.body.error).toMatch(problem);
    expect(JSON.stringify(answer.body)).not.toContain(ALERTS_TOKEN);
  });

  test("a body that is not UTF-8", async () => {
    const answer = await request(createWorld().wh.app)
      .post("/alerts")
      .set({ authorization: `Bearer ${ALERTS_TOKEN}`, "content-type": "application/json" })
      .serialize((bytes: Buffer) => bytes as unknown as string)
      .send(Buffer.from([0x22, 0xff, 0xfe, 0x22]));
    expect(answer.status).toBe(400);
  });

  test("a body right at the limit and brackets inside texts are not refused for their size or depth", async () => {
    const body = { ...payload({ alertname: "A" }), filler: `\\"${"[".repeat(500_000)}` };
    expect((await post(createWorld(), body)).status).toBe(202);
  });
});
