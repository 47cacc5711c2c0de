import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import dynalite from "dynalite";

export interface DynamoDb {
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** Creates a table with string keys `pk` and `sk`, ready when this resolves. An existing one is left as it is. */
  readonly createTable: (name: string) => Promise<void>;
}

/** A DynamoDB in this process's memory, with its conditional writes. */
export function createDynamoDb(): DynamoDb {
  const engine = dynalite({ createTableMs: 0 });
  return {
    handle: (incoming, response) => {
      engine.emit("request", incoming, response);
      // The engine throws where nobody can catch it when a client goes away in the middle of its request.
      incoming.removeAllListeners("error").on("error", () => response.destroy());
    },
    createTable: async (name) => {
      const answer = await callOnce(engine, "CreateTable", {
        TableName: name,
        AttributeDefinitions: [
          { AttributeName: "pk", AttributeType: "S" },
          { AttributeName: "sk", AttributeType: "S" },
        ],
        KeySchema: [
          { AttributeName: "pk", KeyType: "HASH" },
          { AttributeName: "sk", KeyType: "RANGE" },
        ],
        BillingMode: "PAY_PER_REQUEST",
      });
      if (answer.status !== 200 && !answer.body.includes("ResourceInUseException"))
        throw new Error(`cannot create the table ${name}: ${answer.body}`);
      await untilActive(engine, name);
    },
  };
}

async function untilActive(engine: Server, name: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const answer = await callOnce(engine, "DescribeTable", { TableName: name });
    if (answer.body.includes('"ACTIVE"')) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`the table ${name} did not become active`);
}

/** Calls the engine over a loopback port that lives for one request: it takes nothing but real HTTP messages. */
async function callOnce(engine: Server, operation: string, input: object): Promise<{ status: number; body: string }> {
  const server = createServer((incoming, response) => void engine.emit("request", incoming, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  try {
    return await new Promise((resolve, reject) => {
      const outgoing = request(
        {
          host: "127.0.0.1",
          port,
          method: "POST",
          agent: false,
          headers: {
            "x-amz-target": `DynamoDB_20120810.${operation}`,
            "content-type": "application/x-amz-json-1.0",
            "x-amz-date": "20260101T000000Z",
            authorization:
              "AWS4-HMAC-SHA256 Credential=LOCAL/20260101/local/dynamodb/aws4_request, SignedHeaders=host;x-amz-date;x-amz-target, Signature=0",
          },
        },
        (incoming) => {
          let body = "";
          incoming.setEncoding("utf8");
          incoming.on("data", (chunk: string) => {
            body += chunk;
          });
          incoming.on("end", () => resolve({ status: incoming.statusCode ?? 0, body }));
        },
      );
      outgoing.on("error", reject);
      outgoing.end(JSON.stringify(input));
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
