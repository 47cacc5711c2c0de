import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createWhApi } from "@compose-fleet/wh-api";
import { afterEach, describe, expect, test } from "vitest";
import { decision, status } from "./examples.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function clientOf(server: Server, token: string) {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return createWhApi({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token, fetch });
}

/** A scaler that answers with these bodies by path, to whoever has the token. */
function answering(answers: Record<string, unknown>, token = "t0ken") {
  const server = createServer((req, res) => {
    if (req.headers.authorization !== "Bearer t0ken") return res.writeHead(401).end('{"error":"wrong token"}');
    const body = answers[req.url ?? ""];
    if (body === undefined) return res.writeHead(404).end('{"error":"unknown target"}');
    res.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  return clientOf(server, token);
}

describe("status", () => {
  test("is whole, and in short without workers that do not serve yet", async () => {
    const client = await answering({ "/api/status": status });
    expect(await client.status()).toEqual(status);
    expect(await client.snapshot()).toEqual({
      atMs: 1_000,
      hold: false,
      blindSeconds: 1.5,
      workers: { ready: 1, draining: 0, desired: 2, min: 1, max: 6 },
      replicas: [{ worker: "i-1", service: "service-a", ready: 3, desired: 5 }],
    });
  });

  test("what a newer scaler says besides is left out", async () => {
    const newer = { ...status, workers: { ...status.workers, weather: "fine" }, more: [1] };
    expect(await (await answering({ "/api/status": newer })).status()).toEqual(status);
  });

  test.each<[string, unknown, string, string]>([
    ["before its first tick", { ...status, lastTick: null }, "not-ready", "not completed a tick"],
    ["without the group", { ...status, workers: null }, "not-ready", "cannot read the worker group"],
    ["of another version", { other: true }, "misread", "in a form that this version does not know"],
    ["that is no JSON", "<html>", "misread", "in a form that this version does not know"],
  ])("%s is a sentence", async (_rule, body, problem, sentence) => {
    await expect((await answering({ "/api/status": body })).snapshot()).rejects.toMatchObject({
      name: "WhApiError",
      problem,
      message: expect.stringContaining(sentence),
    });
  });
});

test("a pin is sent whole, and an override that ended already may be ended again", async () => {
  const asked: string[] = [];
  const pin = { id: "o-1", kind: "pin-workers", workers: 3, by: "fleet", expiresAtMs: 60_000 };
  const client = await clientOf(
    createServer(async (req, res) => {
      let body = "";
      for await (const chunk of req) body += String(chunk);
      asked.push(`${req.method} ${req.url} ${body}`);
      if (req.method === "POST") res.writeHead(201).end(JSON.stringify(pin));
      else res.writeHead(asked.length === 2 ? 204 : 404).end();
    }),
    "t0ken",
  );
  expect(
    await client.addOverride({ kind: "pin-workers", workers: 3, forSeconds: 60, by: "fleet", reason: "a sale" }),
  ).toEqual(pin);
  await client.removeOverride("o-1");
  await client.removeOverride("o-1");
  expect(asked).toEqual([
    'POST /api/overrides {"kind":"pin-workers","workers":3,"forSeconds":60,"by":"fleet","reason":"a sale"}',
    "DELETE /api/overrides/o-1 ",
    "DELETE /api/overrides/o-1 ",
  ]);
});

test("a wrong token and an unknown target are sentences with the scaler's words", async () => {
  await expect((await answering({}, "wrong")).status()).rejects.toMatchObject({
    problem: "refused",
    status: 401,
    message: "The scaler answered 401 to GET /api/status: wrong token",
  });
  await expect((await answering({})).explain("x")).rejects.toThrow(
    "answered 404 to GET /api/explain?target=x: unknown target",
  );
});

test("nobody there is a sentence that says why", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise((resolve) => server.close(resolve));
  await expect(createWhApi({ baseUrl, token: "t", fetch }).status()).rejects.toMatchObject({
    problem: "unreachable",
    message: expect.stringMatching(/does not answer at http:.*ECONNREFUSED/),
  });
});

test("decisions come with their outcome, and without one while under way", async () => {
  const skipped = { ...decision, outcome: { status: "skipped", reason: "in flight", atMs: 6 } };
  const client = await answering({
    "/api/decisions?limit=9": { decisions: [skipped, decision] },
    "/api/decisions?limit=9&target=replicas%2Fi-1%2Fweb": { decisions: [] },
  });
  expect(await client.decisions(9)).toEqual([skipped, decision]);
  expect(await client.decisions(9, "replicas/i-1/web")).toEqual([]);
});
