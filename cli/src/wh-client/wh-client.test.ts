import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { createWhClient } from "./wh-client.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A scaler that answers with these bodies by path, to whoever has the token. */
async function clientOf(answers: Record<string, unknown>, token = "t0ken") {
  const server = createServer((req, res) => {
    if (req.headers.authorization !== "Bearer t0ken") return res.writeHead(401).end('{"error":"wrong token"}');
    const body = answers[req.url ?? ""];
    if (body === undefined) return res.writeHead(404).end('{"error":"unknown target"}');
    res.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return createWhClient({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token });
}

const status = {
  fleet: { name: "demo" },
  hold: false,
  blindSeconds: 1.5,
  lastTick: { number: 3, atMs: 1_000 },
  workers: { inService: 1, pending: 1, terminating: 0, groupDesired: 2, desired: 2, min: 1, max: 6 },
  members: [
    { id: "i-1", state: "in-service", services: { "service-a": { replicasReady: 3, replicasDesired: 5 } } },
    { id: "i-2", state: "pending", services: { "service-a": { replicasReady: 1, replicasDesired: null } } },
  ],
};

describe("status", () => {
  test("is the fleet at a glance; a worker that does not serve yet brings no replicas", async () => {
    expect(await (await clientOf({ "/api/status": status })).status()).toEqual({
      atMs: 1_000,
      hold: false,
      blindSeconds: 1.5,
      workers: { ready: 1, draining: 0, desired: 2, min: 1, max: 6 },
      replicas: [{ worker: "i-1", service: "service-a", ready: 3, desired: 5 }],
    });
  });

  test.each<[string, unknown, string]>([
    ["before its first tick", { ...status, lastTick: null }, "not completed a tick"],
    ["without the group", { ...status, workers: null }, "cannot read the worker group"],
    ["of another version", { other: true }, "in a form that this version does not know"],
    ["that is no JSON", "<html>", "in a form that this version does not know"],
  ])("%s is a sentence", async (_rule, body, sentence) => {
    await expect((await clientOf({ "/api/status": body })).status()).rejects.toThrow(sentence);
  });
});

test("a pin is sent whole, and an override that ended already may be ended again", async () => {
  const asked: string[] = [];
  const server = createServer(async (req, res) => {
    let body = "";
    for await (const chunk of req) body += String(chunk);
    asked.push(`${req.method} ${req.url} ${body}`);
    if (req.method === "POST") res.writeHead(201).end('{"id":"o-1"}');
    else res.writeHead(asked.length === 2 ? 204 : 404).end();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const client = createWhClient({ baseUrl: `http://127.0.0.1:${port}`, token: "t0ken" });
  expect(await client.pinWorkers(3, 60)).toBe("o-1");
  await client.removeOverride("o-1");
  await client.removeOverride("o-1");
  expect(asked).toEqual([
    'POST /api/overrides {"kind":"pin-workers","workers":3,"forSeconds":60,"by":"fleet"}',
    "DELETE /api/overrides/o-1 ",
    "DELETE /api/overrides/o-1 ",
  ]);
});

test("a wrong token and an unknown target are sentences with the scaler's words", async () => {
  await expect((await clientOf({}, "wrong")).status()).rejects.toThrow("answered 401 to GET /api/status: wrong token");
  await expect((await clientOf({})).explain("x")).rejects.toThrow(
    "answered 404 to GET /api/explain?target=x: unknown target",
  );
});

test("nobody there is a sentence", async () => {
  await expect(createWhClient({ baseUrl: "http://127.0.0.1:9", token: "t" }).status()).rejects.toThrow(
    "does not answer at",
  );
});

test("decisions come with their outcome, and without one while under way", async () => {
  const decision = {
    id: "1",
    tick: 1,
    atMs: 5,
    target: "workers",
    kind: "set-capacity",
    from: 1,
    to: 2,
    text: "load",
    receipts: [],
  };
  const client = await clientOf({
    "/api/decisions?limit=9": {
      decisions: [{ ...decision, outcome: { status: "skipped", reason: "in flight", atMs: 6 } }, decision],
    },
  });
  const [skipped, underWay] = await client.decisions(9);
  expect(skipped?.outcome).toBe("skipped");
  expect(underWay).toEqual({ id: "1", atMs: 5, target: "workers", kind: "set-capacity", from: 1, to: 2, text: "load" });
});
