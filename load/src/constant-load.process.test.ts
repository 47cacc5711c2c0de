import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { InterruptedError } from "@compose-fleet/process";
import { afterEach, expect, test, vi } from "vitest";
import { withConstantLoad } from "./constant-load.ts";

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A server that answers with this status; how many requests it got. */
async function serve(status: number) {
  let received = 0;
  const listening = createServer((request, response) => {
    received += 1;
    request.resume();
    response.writeHead(status).end();
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  return {
    target: `http://127.0.0.1:${(listening.address() as AddressInfo).port}/x`,
    /** How many it got, once whoever sent them has left. */
    receivedInTheEnd: async () => {
      await vi.waitFor(async () => expect(await connectionsOf(listening)).toBe(0), 15_000);
      return received;
    },
    received: () => received,
  };
}

const connectionsOf = (listening: Server) =>
  new Promise<number>((resolve, reject) =>
    listening.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );

const never = new AbortController().signal;
const steady = { rps: 200, rampMs: 10, stop: never };

test("the load goes on while the work lasts, is counted, and ends with it", async () => {
  const { target, received, receivedInTheEnd } = await serve(503);
  await withConstantLoad({ ...steady, target }, async (load) => {
    await expect.poll(() => load.counts().failed).toBeGreaterThan(50);
    const { sent, failed } = load.counts();
    expect(sent).toBeGreaterThanOrEqual(failed);
    expect(load.failures().length).toBeGreaterThanOrEqual(failed);
    expect(load.failures().filter(({ cause }) => cause === "503").length).toBeLessThanOrEqual(received());
  });
  const afterwards = await receivedInTheEnd();
  await sleep(200);
  expect(received()).toBe(afterwards);
});

test("what the work throws is thrown, and the load ends then, too", async () => {
  const { target, received, receivedInTheEnd } = await serve(200);
  await expect(withConstantLoad({ ...steady, target }, () => Promise.reject(new Error("work")))).rejects.toThrow(
    "work",
  );
  const afterwards = await receivedInTheEnd();
  await sleep(200);
  expect(received()).toBe(afterwards);
});

test("a load that cannot be sent ends the work with its reason", async () => {
  const forever = () => new Promise<never>(() => {});
  await expect(withConstantLoad({ ...steady, target: "http://192.0.2.1/" }, forever)).rejects.toThrow(
    "this machine only",
  );
});

test("stopped while the rate rises, it neither waits nor begins the work", async () => {
  const { target } = await serve(200);
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 50);
  const work = () => Promise.reject(new Error("work began"));
  await expect(withConstantLoad({ ...steady, target, rampMs: 60_000, stop: stop.signal }, work)).rejects.toBeInstanceOf(
    InterruptedError,
  );
});
