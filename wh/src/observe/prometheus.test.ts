import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createPrometheus } from "./prometheus.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function prometheusThat(answer: RequestListener, timeoutMs = 15_000) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const basicAuth = { username: "wh", password: "geheim-geheim" };
  const prometheus = createPrometheus({ url: `http://127.0.0.1:${port}/prometheus`, basicAuth, timeoutMs });
  closers.push(() => prometheus.close());
  return prometheus;
}
const vector = (result: unknown[]) => JSON.stringify({ status: "success", data: { resultType: "vector", result } });

test("asks with basic auth below the base path and reads every kind of number", async () => {
  const seen: string[] = [];
  const prometheus = await prometheusThat((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      seen.push(
        `${request.method} ${request.url} ${request.headers.authorization}`,
        new URLSearchParams(body).get("query") ?? "",
      );
      const values = ["1.5", "NaN", "+Inf", "-Inf"];
      response.end(vector(values.map((value) => ({ metric: { worker: "i-1" }, value: [1, value] }))));
    });
  });
  const result = await prometheus.query('up{job="worker"}');
  expect(result.ok && result.samples.map(({ value }) => value)).toEqual([
    1.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ]);
  const expected = Buffer.from("wh:geheim-geheim").toString("base64");
  expect(seen).toEqual([`POST /prometheus/api/v1/query Basic ${expected}`, 'up{job="worker"}']);
});

test.each<[string, RequestListener, RegExp, number?]>([
  ["an error status", (_request, response) => response.writeHead(503).end("starting up"), /answered 503: starting up/],
  ["something that is no JSON", (_request, response) => response.end("<html>"), /cannot be read/],
  [
    "a matrix",
    (_request, response) => response.end('{"status":"success","data":{"resultType":"matrix","result":[]}}'),
    /no instant vector/,
  ],
  ["a cut connection", (request) => request.socket.destroy(), /cannot be read/],
  ["silence", () => {}, /cannot be read/, 300],
])("%s is a problem in words, without the password", async (_rule, answer, problem, timeoutMs = 15_000) => {
  const prometheus = await prometheusThat(answer, timeoutMs);
  const result = await prometheus.query("up");
  expect(result).toMatchObject({ ok: false, problem: expect.stringMatching(problem) });
  expect(JSON.stringify(result)).not.toContain("geheim");
});
