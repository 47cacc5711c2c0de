import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DescribeInstanceInformationCommand } from "@aws-sdk/client-ssm";
import { afterEach, expect, test, vi } from "vitest";
import { createAwsClients } from "./clients.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

test("calls go on when the clock is set back an hour after AWS has throttled", { timeout: 20_000 }, async () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "any");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "any");
  let calls = 0;
  const server = createServer((request, response) => {
    request.resume();
    calls += 1;
    const isThrottled = calls % 2 === 1;
    response.writeHead(isThrottled ? 400 : 200, { "content-type": "application/x-amz-json-1.1" });
    response.end(isThrottled ? '{"__type":"ThrottlingException","message":"Rate exceeded"}' : "{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const clients = createAwsClients({ region: "eu-central-1", endpoint: `http://127.0.0.1:${port}` });
  const ask = () => clients.ssm.send(new DescribeInstanceInformationCommand({}));
  try {
    await ask();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 3_600_000 });
    const startedAtMs = performance.now();
    await ask();
    expect(performance.now() - startedAtMs).toBeLessThan(5_000);
  } finally {
    clients.destroy();
    server.closeAllConnections();
    server.close();
  }
});
