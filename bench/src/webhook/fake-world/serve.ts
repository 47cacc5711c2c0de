import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import { messageOf } from "@compose-fleet/process";
import dynalite from "dynalite";
import { createAwsHandler } from "./aws.ts";
import { createPrometheusHandler } from "./prometheus.ts";
import { createSteadyWorld } from "./steady-world.ts";

/** What the thread is started with. */
export interface WorldData {
  readonly groupName: string;
  readonly table: string;
}

// A thread of its own: the scaler under test must never wait for the sender.
const { groupName, table } = workerData as WorldData;
const world = createSteadyWorld(groupName);
const nowMs = () => Date.now();
const aws = createAwsHandler(world, nowMs);
const prometheus = createPrometheusHandler(world, nowMs);
const dynamo = dynalite({ createTableMs: 0 });

const awsUrl = await listen((request, response) => {
  if (String(request.headers["x-amz-target"] ?? "").startsWith("DynamoDB_")) dynamo.emit("request", request, response);
  else void aws(request, response).catch((error: unknown) => fail(response, error));
});
const prometheusUrl = await listen(
  (request, response) => void prometheus(request, response).catch((error: unknown) => fail(response, error)),
);
await createTable(table);
parentPort?.on("message", () => parentPort?.postMessage({ actions: world.actions }));
parentPort?.postMessage({ awsUrl, prometheusUrl });

async function listen(handler: RequestListener<typeof IncomingMessage, typeof ServerResponse>): Promise<string> {
  const server = createServer({ keepAliveTimeout: 60_000 }, handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function fail(response: ServerResponse, error: unknown): void {
  response.writeHead(500).end(messageOf(error));
}

async function createTable(name: string): Promise<void> {
  const call = async (operation: string, input: object) => {
    const response = await fetch(awsUrl, {
      method: "POST",
      headers: {
        "x-amz-target": `DynamoDB_20120810.${operation}`,
        "content-type": "application/x-amz-json-1.0",
        "x-amz-date": "20260101T000000Z",
        authorization:
          "AWS4-HMAC-SHA256 Credential=LOCAL/20260101/local/dynamodb/aws4_request, SignedHeaders=host;x-amz-date;x-amz-target, Signature=0",
      },
      body: JSON.stringify(input),
    });
    return await response.text();
  };
  const key = ["pk", "sk"] as const;
  const created = await call("CreateTable", {
    TableName: name,
    AttributeDefinitions: key.map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
    KeySchema: key.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? "HASH" : "RANGE" })),
    BillingMode: "PAY_PER_REQUEST",
  });
  for (let attempt = 0; attempt < 100; attempt++) {
    if ((await call("DescribeTable", { TableName: name })).includes('"ACTIVE"')) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`the table ${name} could not be created: ${created}`);
}
