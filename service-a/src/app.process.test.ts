import { once } from "node:events";
import { Agent, request as httpRequest } from "node:http";
import { connect } from "node:net";
import request from "supertest";
import { afterEach, describe, expect, test } from "vitest";
import type { ServiceConfig } from "./config.ts";
import { createService, type Service } from "./service.ts";

const CONFIG: ServiceConfig = {
  port: 0,
  payload: "Hello, World!",
  concurrency: 1,
  workMs: 5,
  maxRequests: 2,
  logLevel: "silent",
};

let running: Service[] = [];

async function serve(overrides: Partial<ServiceConfig> = {}): Promise<{ url: string; port: number; service: Service }> {
  const service = createService({ ...CONFIG, ...overrides }, () => 0.5);
  running.push(service);
  const port = await service.start();
  return { url: `http://127.0.0.1:${port}`, port, service };
}

/** One metric's value, or undefined. */
async function metric(url: string, name: string): Promise<number | undefined> {
  const { text } = await request(url).get("/metrics").expect(200);
  const found = new RegExp(`^${name} (.+)$`, "m").exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

afterEach(async () => {
  const stopping = running;
  running = [];
  await Promise.all(stopping.map((service) => service.stop({ minMs: 0, maxMs: 0 })));
});

describe("routes", () => {
  test.each(["get", "post", "put", "patch", "delete"] as const)(
    "%s under /api/ answers the payload as text",
    async (method) => {
      const { url } = await serve({ payload: "hi" });
      const response = await request(url)
        [method]("/api/some/thing?x=1")
        .expect(200)
        .expect("Content-Type", /^text\/plain/);
      expect(response.text).toBe("hi");
    },
  );

  test("a body up to 1 MiB is read and forgotten", async () => {
    const { url } = await serve();
    await request(url)
      .post("/api/x")
      .set("Content-Type", "application/octet-stream")
      .send(Buffer.alloc(1024 * 1024))
      .expect(200);
  });

  test("a larger body is refused by its declared length", async () => {
    const { url } = await serve();
    const sent = request(url)
      .post("/api/x")
      .send(Buffer.alloc(1024 * 1024 + 1));
    await sent.expect(413).expect("Connection", "close");
  });

  test("a larger body is refused also where no length is declared", async () => {
    const { port } = await serve();
    const status = await new Promise((resolve, reject) => {
      const req = httpRequest({ port, path: "/api/x", method: "POST" }, (res) => resolve(res.resume().statusCode));
      req.on("error", reject);
      for (let i = 0; i < 17; i += 1) req.write(Buffer.alloc(64 * 1024));
      req.end();
    });
    expect(status).toBe(413);
  });

  test("above maxRequests in the house: 503, Retry-After, counted", async () => {
    const { url } = await serve({ workMs: 1_000 });
    const all = await Promise.all([1, 2, 3].map(() => request(url).get("/api/x")));
    expect(all.map((response) => response.status).sort()).toEqual([200, 200, 503]);
    const refused = all.find((response) => response.status === 503);
    expect(refused?.headers["retry-after"]).toBe("1");
    expect(refused?.body).toEqual({ error: expect.stringContaining("full") });
    expect(await metric(url, "service_requests_rejected_total")).toBe(1);
    expect(await metric(url, "service_request_duration_seconds_count")).toBe(2);
  });

  test("a client that goes away while waiting frees its place", async () => {
    const { url, port } = await serve({ workMs: 3_000 });
    const first = request(url)
      .get("/api/x")
      .then((response) => response.status);
    await expect.poll(() => metric(url, "service_requests_in_flight")).toBe(1);
    const leaving = httpRequest({ port, path: "/api/x" }).on("error", () => {});
    leaving.end();
    await expect.poll(() => metric(url, "service_requests_waiting")).toBe(1);
    leaving.destroy();
    await expect.poll(() => metric(url, "service_requests_waiting")).toBe(0);
    expect(await first).toBe(200);
  });

  test("/healthz says that the process lives, /readyz that it takes traffic", async () => {
    const { url } = await serve();
    await request(url).get("/healthz").expect(200, { status: "ok" });
    await request(url).get("/readyz").expect(200, { status: "ok" });
  });

  test.each([
    ["an unknown path", "/nothing"],
    ["a path that only looks like the API", "/apiary"],
  ])("%s is 404 with a JSON error", async (_rule, path) => {
    const { url } = await serve();
    const response = await request(url).get(path).expect(404);
    expect(response.body).toEqual({ error: expect.stringContaining(path) });
  });

  test("a malformed URL is answered, not crashed on", async () => {
    const { url } = await serve();
    await request(url)
      .get("/%zz")
      .expect((response) => expect([400, 404]).toContain(response.status));
  });

  test("told to leave while connections wait to be accepted: their requests are served", async () => {
    const { port, service } = await serve({ concurrency: 40, maxRequests: 40 });
    const sockets = Array.from({ length: 40 }, () => connect(port, "127.0.0.1"));
    const answers = sockets.map(async (socket) => {
      let text = "";
      for await (const chunk of socket.setEncoding("utf8")) text += chunk;
      return text.split("\r\n")[0];
    });
    const connected = sockets.map((socket) => once(socket, "connect"));
    await Promise.race([Promise.all(answers), Promise.all(connected)]);
    for (const socket of sockets) socket.write("GET /api/x HTTP/1.1\r\nHost: a\r\n\r\n");
    expect(await service.stop({ minMs: 300, maxMs: 15_000 })).toEqual({ unanswered: 0 });
    expect(await Promise.all(answers)).toEqual(sockets.map(() => "HTTP/1.1 200 OK"));
  });

  test("while draining: /readyz 503, requests on open connections are served and told to close", async () => {
    const { port, service } = await serve();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const get = (path: string): Promise<{ status: number | undefined; connection: string | undefined }> =>
      new Promise((resolve, reject) => {
        httpRequest({ port, path, agent }, (res) => {
          res.resume().on("end", () => resolve({ status: res.statusCode, connection: res.headers.connection }));
        })
          .on("error", reject)
          .end();
      });
    expect(await get("/readyz")).toEqual({ status: 200, connection: "keep-alive" });
    const stopped = service.stop({ minMs: 1_500, maxMs: 15_000 });
    expect(await get("/readyz")).toEqual({ status: 503, connection: "close" });
    await expect(get("/readyz"), "a new connection").rejects.toThrow(/ECONNREFUSED/);
    expect(await stopped).toEqual({ unanswered: 0 });
    agent.destroy();
  });
});
