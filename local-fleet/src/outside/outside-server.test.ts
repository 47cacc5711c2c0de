import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createFakeTelegram } from "./fake-telegram.ts";
import { createOutsideServer } from "./outside-server.ts";
import { createQueryGate, type QueryGate } from "./query-gate.ts";

const servers: Server[] = [];
/** What reached Prometheus itself. */
let asked: string[];
let gate: QueryGate;
let address: string;

const listen = async (server: Server) => {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
};

beforeEach(async () => {
  asked = [];
  const prometheus = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    asked.push(
      `${request.method} ${request.url} ${request.headers.authorization} ${new URLSearchParams(body).get("query")}`,
    );
    response.writeHead(200, { "content-type": "application/json" }).end('{"status":"success"}');
  });
  gate = createQueryGate(await listen(prometheus));
  const telegram = createFakeTelegram("token", () => 1);
  address = `http://127.0.0.1:${await listen(createOutsideServer({ telegram, gate }))}`;
});

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const query = async (text: string) => {
  const response = await fetch(`${address}/prometheus/api/v1/query`, {
    method: "POST",
    headers: { authorization: "Basic d2g6eA==" },
    body: new URLSearchParams({ query: text }),
  });
  return [response.status, await response.json()] as const;
};

test("a query goes to Prometheus as it is, its answer comes back as it is", async () => {
  expect(await query("up")).toEqual([200, { status: "success" }]);
  expect(asked).toEqual(["POST /api/v1/query Basic d2g6eA== up"]);
});

test("single queries fail or know nothing, the others are answered, until it is over", async () => {
  gate.fail("(up{", "unavailable");
  gate.fail("cpu", "empty");
  expect((await query('max by (worker) (up{job="worker"})'))[0]).toBe(503);
  expect(await query("max(fleet_worker_cpu_ratio)")).toEqual([
    200,
    { status: "success", data: { resultType: "vector", result: [] } },
  ]);
  expect((await query("rate(requests[5s])"))[0]).toBe(200);
  expect(asked).toHaveLength(1);
  gate.fail("(up{", undefined);
  expect((await query('max by (worker) (up{job="worker"})'))[0]).toBe(200);
});

test("a Prometheus that is not there is no answer of its own", async () => {
  servers[0]?.closeAllConnections();
  await new Promise((resolve) => servers[0]?.close(resolve));
  expect((await query("up"))[0]).toBe(502);
});

test("Telegram and nothing else is beside it", async () => {
  const sent = await fetch(`${address}/telegram/bottoken/sendMessage`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ chat_id: 1, text: "news" }),
  });
  expect(await sent.json()).toMatchObject({ ok: true });
  expect((await fetch(`${address}/elsewhere`)).status).toBe(404);
});
