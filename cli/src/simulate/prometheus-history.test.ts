import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readHistory } from "./prometheus-history.ts";

const folder = mkdtempSync(join(tmpdir(), "history-"));
const nowMs = 1_700_000_000_000;
let server: Server;
let port: number;
let answer: { readonly status: number; readonly body: string };
let asked: { readonly authorization: string | undefined; readonly body: string };

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      asked = { authorization: request.headers.authorization, body };
      response.writeHead(answer.status).end(answer.body);
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const read = (source: string) =>
  readHistory({ source, rangeSeconds: 86_400, nowMs, stop: new AbortController().signal });
const matrix = (values: readonly (readonly [number, string])[]) =>
  JSON.stringify({ status: "success", data: { resultType: "matrix", result: [{ metric: {}, values }] } });

test("a range is asked for with the credentials of the address, and holes stay holes", async () => {
  answer = {
    status: 200,
    body: matrix([
      [0, "5"],
      [60, "6"],
      [180, "7"],
    ]),
  };
  const trace = await read(`http://me:s3cret@127.0.0.1:${port}/prometheus`);
  expect([...trace.rates]).toEqual([5, 6, Number.NaN, 7]);
  expect(asked.authorization).toBe(`Basic ${Buffer.from("me:s3cret").toString("base64")}`);
  expect(new URLSearchParams(asked.body).get("query")).toContain("rate(fleet_http_requests_total");
});

test.each([
  ["other credentials", { status: 401, body: "no" }, "wants other credentials (401)"],
  ["something that is no Prometheus", { status: 200, body: "<html>" }, "answered 200 and no JSON: is it a Prometheus?"],
  ["a refusal", { status: 400, body: '{"status":"error","error":"bad query"}' }, "Prometheus refused: bad query"],
  ["a range without data", { status: 200, body: matrix([]) }, "has no data in this range"],
])("%s", async (_what, given, message) => {
  answer = given;
  const error = await read(`http://me:s3cret@127.0.0.1:${port}`).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ message: expect.stringContaining(message) });
  expect(String(error)).not.toContain("s3cret");
});

test("a Prometheus that cannot be reached", async () => {
  const gone = createServer();
  await new Promise<void>((listening) => gone.listen(0, "127.0.0.1", listening));
  const { port: free } = gone.address() as AddressInfo;
  await new Promise((closed) => gone.close(closed));
  const error = await read(`http://me:s3cret@127.0.0.1:${free}`).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ message: expect.stringMatching(/cannot be read: .*Is it running/) });
  expect(String(error)).not.toContain("s3cret");
});

test("a saved answer is read; a file that is missing or no answer is told with its name", async () => {
  writeFileSync(
    join(folder, "week.json"),
    matrix([
      [0, "1"],
      [60, "2"],
    ]),
  );
  expect((await read(join(folder, "week.json"))).rates).toHaveLength(2);
  await expect(read(join(folder, "none.json"))).rejects.toThrow("none.json");
  writeFileSync(join(folder, "page.json"), "<html>");
  await expect(read(join(folder, "page.json"))).rejects.toThrow("is no JSON");
});
