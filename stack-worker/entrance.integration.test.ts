import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { readImages } from "../test/images.ts";
import { exchange, localHeader, proxyHeader } from "./test/proxy-protocol.ts";
import { createWorker, type WorkerUnderTest } from "./test/worker-under-test.ts";

// What clients may say of themselves, and what nginx believes: the load balancer alone, by the PROXY protocol.

type Port = Parameters<WorkerUnderTest["url"]>[0];

const CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/1";
const SPOOFED = [
  "X-Forwarded-For: 6.6.6.6",
  "X-Forwarded-Proto: gopher",
  "X-Forwarded-Host: evil.example",
  "X-Forwarded-Port: 1",
  "X-Real-IP: 6.6.6.6",
  "Forwarded: for=6.6.6.6;proto=gopher",
];

function get(path: string, headers: readonly string[] = [], host: string | undefined = "fleet.example"): string {
  const lines = [`GET ${path} HTTP/1.1`, `Host: ${host}`, "Connection: close", ...headers];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

let plain: WorkerUnderTest;
let secure: WorkerUnderTest;

async function start(tls: boolean): Promise<WorkerUnderTest> {
  const echo = { path: "/echo/", port: 8000, memory: "64m", capacity: { requestsPerSecond: 50 } };
  const worker = await createWorker({
    name: tls ? "tls" : "plain",
    fleet: { name: "demo", services: { echo }, ...(tls && { tls: { certificateArn: CERTIFICATE } }) },
    env: { ...readImages() },
    parameters: {},
  });
  await worker.compose("up", "-d", "--no-deps", "nginx", "echo");
  const ready = async () =>
    expect(await exchange(await worker.url(8443), [localHeader(), get("/echo/")])).toContain(" 200 ");
  await vi.waitFor(ready, { timeout: 60_000, interval: 300 });
  return worker;
}

beforeAll(async () => {
  plain = await start(false);
  secure = await start(true);
});

afterAll(async () => {
  await plain?.remove();
  await secure?.remove();
});

/** What reached the service. */
async function echoed(worker: WorkerUnderTest, port: Port, header: Buffer): Promise<Record<string, string>> {
  const answer = await exchange(await worker.url(port), [header, get("/echo/x", SPOOFED)]);
  return JSON.parse(/\{.*\}/s.exec(answer)?.[0] ?? "{}").headers;
}

describe("a service learns who calls", () => {
  test.each<[string, Port, string, string]>([
    ["over IPv4", 8480, "203.0.113.7", "http"],
    ["over IPv6", 8480, "2001:db8::77", "http"],
    ["over TLS", 8443, "203.0.113.7", "https"],
    ["over TLS and IPv6", 8443, "2001:db8::77", "https"],
  ])("%s, whatever the client claims", async (_how, port, client, scheme) => {
    const headers = await echoed(plain, port, proxyHeader(client));
    expect(headers).toMatchObject({
      "x-forwarded-for": client,
      "x-real-ip": client,
      "x-forwarded-proto": scheme,
      "x-forwarded-host": "fleet.example",
    });
    expect(headers.forwarded).toBeUndefined();
    expect(headers["x-forwarded-port"]).toBeUndefined();
  });
});

describe("the load balancer's ports", () => {
  test.each<Port>([8480, 8443])("%i answers its health checks, which name no client", async (port) => {
    expect(await exchange(await plain.url(port), [localHeader(), get("/nginx-health")])).toContain(" 200 ");
    expect(await exchange(await secure.url(port), [localHeader(), get("/nginx-health")])).toContain(" 200 ");
  });
  test.each<Port>([8480, 8443])("%i takes nothing without the protocol", async (port) => {
    expect(await exchange(await plain.url(port), [get("/echo/")])).not.toContain(" 200 ");
  });
  test("a header that a client writes behind the load balancer's is no request", async () => {
    const sent = [proxyHeader("203.0.113.7"), "PROXY TCP4 6.6.6.6 1.1.1.1 1 80\r\n", get("/echo/")];
    expect(await exchange(await plain.url(8480), sent)).toContain(" 400 ");
  });
});

describe("with a certificate", () => {
  const header = proxyHeader("203.0.113.7");
  test.each(["/", "/echo/", "/echo/a%20b?c=d&e=https://x", "/nginx-health/x", "/nothing"])(
    "port 80 sends %s to HTTPS",
    async (path) => {
      const answer = await exchange(await secure.url(8480), [header, get(path, [], "fleet.example:80")]);
      expect(answer).toContain(" 301 ");
      expect(answer).toContain(`Location: https://fleet.example${path}\r\n`);
    },
  );
  test("a request that names no host is told so", async () => {
    expect(await exchange(await secure.url(8480), [header, "GET / HTTP/1.0\r\n\r\n"])).toContain(" 400 ");
  });
  test("HTTPS is served", async () => {
    expect((await echoed(secure, 8443, header))["x-forwarded-proto"]).toBe("https");
  });
  test("a redirect of nginx's own names the path alone: it knows neither the client's port nor scheme", async () => {
    const answer = await exchange(await secure.url(8443), [header, get("/echo")]);
    expect(answer).toContain("Location: /echo/\r\n");
  });
});
