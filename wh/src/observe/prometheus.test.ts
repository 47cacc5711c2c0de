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
const matrix = (result: unknown[]) => JSON.stringify({ status: "success", data: { resultType: "matrix", result } });
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

test("a scalar is one value without labels", async () => {
  const prometheus = await prometheusThat((_request, response) =>
    response.end('{"status":"success","data":{"resultType":"scalar","result":[1,"42"]}}'),
  );
  expect(await prometheus.query("scalar(queue)")).toEqual({ ok: true, samples: [{ labels: {}, value: 42 }] });
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

const LAST_MINUTES = { fromSeconds: 60, toSeconds: 180, stepSeconds: 60 };

test("asks for the past by its bounds, and reads every series with its labels", async () => {
  const seen: string[] = [];
  const prometheus = await prometheusThat((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const { query, start, end, step } = Object.fromEntries(new URLSearchParams(body));
      seen.push(`${request.method} ${request.url} ${query} ${start} ${end} ${step}`);
      response.end(
        matrix([
          {
            metric: { service: "a" },
            values: [
              [60, "1.5"],
              [180, "NaN"],
            ],
          },
          { metric: { service: "b" }, values: [] },
        ]),
      );
    });
  });
  expect(await prometheus.range("rate", LAST_MINUTES)).toEqual({
    ok: true,
    series: [
      {
        labels: { service: "a" },
        values: [
          [60, 1.5],
          [180, Number.NaN],
        ],
      },
      { labels: { service: "b" }, values: [] },
    ],
  });
  expect(seen).toEqual(["POST /prometheus/api/v1/query_range rate 60 180 60"]);
});

test.each<[string, RequestListener, RegExp]>([
  [
    "too many samples",
    (_request, response) => response.writeHead(422).end("too many samples"),
    /answered 422: too many/,
  ],
  ["a vector", (_request, response) => response.end(vector([])), /no matrix/],
  ["a cut connection", (request) => request.socket.destroy(), /cannot be read/],
])("of the past, %s is a problem in words", async (_rule, answer, problem) => {
  const prometheus = await prometheusThat(answer);
  expect(await prometheus.range("rate", LAST_MINUTES)).toMatchObject({
    ok: false,
    problem: expect.stringMatching(problem),
  });
});
