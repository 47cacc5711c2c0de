import { createServer, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { startLoad } from "../load/load-process.ts";
import type { LoadFailure } from "../load/messages.ts";
import { requestBytes } from "./request-bytes.ts";

const sockets: Socket[] = [];
let close: () => void = () => {};
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  close();
});

test("the size of a request is what a server receives, and a failure says how many its connection had carried", {
  timeout: 20_000,
}, async () => {
  const received: number[] = [];
  // Answers twice on each connection, then closes it under the third request.
  const server = createServer((socket) => {
    sockets.push(socket);
    let requests = 0;
    socket.on("data", () => {
      requests += 1;
      if (requests < 3) socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
      else {
        received.push(socket.bytesRead);
        socket.destroy();
      }
    });
    socket.on("error", () => {});
  });
  close = () => server.close();
  const port = await new Promise<number>((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    }),
  );
  const target = `http://127.0.0.1:${port}/api/hello`;
  const failures: LoadFailure[] = [];
  const profile = [{ durationMs: 500, fromRps: 30, toRps: 30 }];
  const load = startLoad(
    { target, body: "hello", timeoutMs: 2_000, maxInFlight: 10, profile },
    () => {},
    (failure) => failures.push(failure),
  );
  const { total } = await load.finished;
  expect(received[0]).toBe(3 * requestBytes(new URL(target), "hello"));
  expect(failures).toHaveLength(total.failed);
  expect(failures.map(({ requestsOnConnection }) => requestsOnConnection)).toEqual(failures.map(() => 3));
  expect(total.failed).toBeGreaterThan(0);
});
