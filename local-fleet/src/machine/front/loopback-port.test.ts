import { type AddressInfo, createServer } from "node:net";
import { expect, test } from "vitest";
import { isRefused } from "./loopback-port.ts";

test("a port refuses once nobody listens any more", async () => {
  const server = createServer((socket) => socket.on("error", () => undefined));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  expect(await isRefused(port)).toBe(false);
  await new Promise((resolve) => server.close(resolve));
  expect(await isRefused(port)).toBe(true);
});
