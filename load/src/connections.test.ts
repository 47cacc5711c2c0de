import type { ServerResponse } from "node:http";
import { test as base, expect, onTestFinished } from "vitest";
import { type Connections, createConnections } from "./connections.ts";
import { serve } from "./load-under-test.ts";
import type { Outcome } from "./stats.ts";

/** A server that answers when told, and connections to it on a clock that moves when told. */
const test = base.extend<{
  world: {
    readonly connections: Connections;
    readonly clock: { nowMs: number };
    readonly sockets: Set<unknown>;
    /** Resolves with the next request's response. */
    readonly asked: () => Promise<ServerResponse>;
    readonly send: (dueMs: number) => Promise<Outcome>;
  };
}>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads what a fixture needs from here
  world: async ({}, use) => {
    const clock = { nowMs: 0 };
    const sockets = new Set<unknown>();
    const waiting: ((response: ServerResponse) => void)[] = [];
    const target = await serve((request, response) => {
      sockets.add(request.socket);
      waiting.shift()?.(response);
    });
    const connections = createConnections({
      target: new URL(target),
      body: "hello",
      timeoutMs: 60_000,
      proxyProtocol: false,
      nowMs: () => clock.nowMs,
      epochMs: () => clock.nowMs,
    });
    onTestFinished(() => connections.close());
    const asked = () => new Promise<ServerResponse>((resolve) => waiting.push(resolve));
    const send = (dueMs: number) => new Promise<Outcome>((resolve) => connections.send(dueMs, resolve));
    await use({ connections, clock, sockets, asked, send });
  },
});

test("requests one after the other share one connection, those at the same time have one each", async ({ world }) => {
  const { sockets, asked, send } = world;
  for (let request = 0; request < 20; request += 1) {
    const response = asked();
    const outcome = send(0);
    (await response).end("ok");
    expect(await outcome).toMatchObject({ ok: true });
  }
  expect(sockets.size).toBe(1);
  for (let round = 0; round < 3; round += 1) {
    const responses = [asked(), asked()];
    const outcomes = [send(0), send(0)];
    for (const response of await Promise.all(responses)) response.end("ok");
    expect(await Promise.all(outcomes)).toMatchObject([{ ok: true }, { ok: true }]);
  }
  expect(sockets.size).toBe(2);
});

test("latency counts from when a request was due: late sending and a slow answer both show", async ({ world }) => {
  const { clock, asked, send } = world;
  clock.nowMs = 1_120;
  const response = asked();
  const outcome = send(1_000);
  const answer = await response;
  clock.nowMs = 1_500;
  answer.end("ok");
  expect(await outcome).toEqual({ ok: true, latencyMs: 500 });
});
