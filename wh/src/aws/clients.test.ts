import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { DescribeInstanceInformationCommand } from "@aws-sdk/client-ssm";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { classifyAwsError } from "./aws-errors.ts";
import { createAwsClients } from "./clients.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** The clients of a scaler whose AWS is this server, until the test has finished. */
async function clientsOf(answer: RequestListener) {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "any");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "any");
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const clients = createAwsClients({ region: "eu-central-1", endpoint: `http://127.0.0.1:${port}` });
  onTestFinished(() => {
    clients.destroy();
    server.closeAllConnections();
    server.close();
  });
  return clients;
}

test("calls go on when the clock is set back an hour after AWS has throttled", async () => {
  let calls = 0;
  const { ssm } = await clientsOf((request, response) => {
    request.resume();
    calls += 1;
    const isThrottled = calls % 2 === 1;
    response.writeHead(isThrottled ? 400 : 200, { "content-type": "application/x-amz-json-1.1" });
    response.end(isThrottled ? '{"__type":"ThrottlingException","message":"Rate exceeded"}' : "{}");
  });
  const ask = () => ssm.send(new DescribeInstanceInformationCommand({}));
  await ask();
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 3_600_000 });
  const startedAtMs = performance.now();
  await ask();
  expect(performance.now() - startedAtMs).toBeLessThan(5_000);
});

test("an answer that falls silent in the middle is a call that failed, not one that never ends", async () => {
  const { documents } = await clientsOf((request, response) => {
    request.resume();
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0", "content-length": 100 }).write("{");
  });
  const error: unknown = await documents.send(new GetCommand({ TableName: "t", Key: { pk: "a", sk: "b" } })).then(
    () => undefined,
    (reason) => reason,
  );
  expect(classifyAwsError(error)).toBe("unreachable");
});
