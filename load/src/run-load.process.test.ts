import { createServer } from "node:http";
import { type AddressInfo, createServer as createConnectionServer } from "node:net";
import { expect, test } from "vitest";
import { sampleRequest, serve, urlOf } from "./load-under-test.ts";
import type { LoadFailure, LoadRequest } from "./messages.ts";
import { steady } from "./profile.ts";
import { runLoad } from "./run-load.ts";

const run = (target: string, change: Partial<LoadRequest> = {}) =>
  runLoad(sampleRequest(target, change), { onSecond: () => {}, onFailure: () => {} }, new AbortController().signal);

test("a response that asks to close the connection costs no request", async () => {
  const target = await serve((_req, res) => res.writeHead(200, { connection: "close" }).end("ok"));
  expect((await run(target)).total).toMatchObject({ ok: 240, failed: 0 });
});

test("failures are counted by their cause, and none is sent again", async () => {
  let received = 0;
  const target = await serve((req, res) => {
    received += 1;
    if (received % 4 === 0) req.socket.destroy();
    else if (received % 4 === 1) res.writeHead(503).end("busy");
    else res.end("ok");
  });
  const { total, keepAliveRaces } = await run(target);
  expect(received).toBe(240);
  expect(total.sent).toBe(240);
  expect(total.failedBy).toEqual({ "503": 60, UND_ERR_SOCKET: 60 });
  expect(total.ok + total.failed).toBe(240);
  expect(keepAliveRaces).toBeLessThanOrEqual(60);
});

test("nobody there: every request fails with the reason", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const target = urlOf(server);
  await new Promise((resolve) => server.close(resolve));
  expect((await run(target)).total).toMatchObject({ ok: 0, failed: 240, failedBy: { ECONNREFUSED: 240 } });
});

test("an answer that does not come in time is a failure", async () => {
  const target = await serve(() => {});
  const summary = await run(target, { timeoutMs: 300 });
  expect(summary.total).toMatchObject({ sent: 240, ok: 0, failedBy: { timeout: 240 } });
});

test("above the bound of requests under way, requests fail here instead of being left out", async () => {
  const target = await serve(() => {});
  const { total } = await run(target, { maxInFlight: 50, timeoutMs: 2_000 });
  expect(total).toMatchObject({ sent: 240, failed: 240, failedBy: { timeout: 50, "client-overload": 190 } });
});

test("an address of another machine is refused before anything is sent", async () => {
  await expect(run("http://192.0.2.1/")).rejects.toThrow("this machine only");
});

test("told so, each connection says its own port before anything else, and a failure names the connection that carried it", async () => {
  const failures: LoadFailure[] = [];
  const enough = new AbortController();
  const seen: { readonly said: string; readonly port: number | undefined; readonly atMs: number }[] = [];
  // Answers the first request on each connection, then closes it under the second one.
  const server = createConnectionServer((socket) => {
    let text = "";
    let answered = false;
    const atMs = Date.now();
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      const requests = text.split("POST ").length - 1;
      if (requests === 1 && !answered) {
        answered = true;
        seen.push({ said: text.slice(0, text.indexOf("POST ")), port: socket.remotePort, atMs });
        socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
      } else if (requests > 1) socket.destroy();
    });
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const { total } = await runLoad(
    sampleRequest(`http://127.0.0.1:${port}/api/hello`, { proxyProtocol: true, profile: [...steady(50, 60_000)] }),
    {
      onSecond: () => {},
      onFailure: (failure) => {
        failures.push(failure);
        if (failures.length > 5) enough.abort();
      },
    },
    enough.signal,
  );
  server.close();
  expect(failures.length).toBe(total.failed);
  expect(total.failed).toBeGreaterThan(5);
  for (const { said, port: client } of seen) expect(said).toBe(`PROXY TCP4 127.0.0.1 127.0.0.1 ${client} ${port}\r\n`);
  for (const { connection } of failures) {
    const same = seen.filter(({ port: client }) => client === connection?.localPort);
    expect(same).toHaveLength(1);
    expect(Math.abs((same[0]?.atMs ?? 0) - (connection?.openedAtMs ?? 0))).toBeLessThan(1_000);
  }
});
