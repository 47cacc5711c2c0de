import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { LoadRequest } from "./messages.ts";
import { steady } from "./profile.ts";

/** Answers on a free port of this machine until the test has finished; returns where a load goes to. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return urlOf(server);
}

/** Where a server on a free port is reached. */
export const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/hello`;

/** 240 requests in 600 ms. */
export const sampleRequest = (target: string, change: Partial<LoadRequest> = {}): LoadRequest => ({
  target,
  body: "hello",
  profile: [...steady(400, 600)],
  timeoutMs: 10_000,
  maxInFlight: 500,
  ...change,
});
