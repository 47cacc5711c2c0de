import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { InterruptedError } from "@compose-fleet/process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askOnce } from "./ask-once.ts";
import { type Asked, loadSteps } from "./load-steps.ts";

const seen: Pick<IncomingMessage, "method" | "url" | "headers">[] = [];
const server = createServer((request, response) => {
  seen.push(request);
  response.writeHead(Number(/\d+/.exec(request.url ?? "")?.[0] ?? 200)).end("ok");
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
const at = (path: string, more: Partial<Asked> = {}): Asked => ({
  target: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
  method: "GET",
  ...more,
});

test("a step sends what is asked for, at its rate, and says what came of it", async () => {
  seen.length = 0;
  const asked = at("/shop?q=a", { host: "shop.example.com" });
  const step = await loadSteps(asked, new AbortController().signal).offer(40, 1);
  expect(step).toMatchObject({ rps: 40, seconds: 1, sent: 40, failed: 0, p99Ms: expect.any(Number) });
  expect(step.elapsedMs).toBeGreaterThan(900);
  expect(seen).toHaveLength(40);
  for (const { method, url, headers } of seen)
    expect([method, url, headers.host, headers["content-length"]]).toEqual([
      "GET",
      "/shop?q=a",
      "shop.example.com",
      undefined,
    ]);
});

test("answers that fail are counted, and have no latency", async () => {
  const step = await loadSteps(at("/503", { method: "POST" }), new AbortController().signal).offer(20, 0.5);
  expect(step).toMatchObject({ sent: 10, failed: 10, p50Ms: null, p99Ms: null });
});

test("a step that is interrupted ends at once, and no other begins", async () => {
  const stop = new AbortController();
  const load = loadSteps(at("/"), stop.signal);
  const step = load.offer(5, 60);
  setTimeout(() => stop.abort(), 300);
  await expect(step).rejects.toBeInstanceOf(InterruptedError);
  await expect(load.offer(5, 60)).rejects.toBeInstanceOf(InterruptedError);
});

test.each([
  ["/404", "answers 404: the service has nothing there"],
  ["/500", "answers 500: what fails is not what it sustains"],
])("%s is asked once and refused", async (path, words) => {
  seen.length = 0;
  await expect(askOnce(at(path))).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining(words) });
  expect(seen).toHaveLength(1);
});

test("a path that works is no reason to stop", async () => {
  await expect(askOnce(at("/"))).resolves.toBeUndefined();
});
