import { createServer, type Server } from "node:net";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { awsFailure } from "../secrets/aws-failure.ts";
import { awsPatience, endingWith } from "./aws-patience.ts";

// An AWS that takes connections and says nothing.
let silent: Server;
let endpoint = "";
beforeAll(async () => {
  silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", () => resolve()));
  const address = silent.address();
  endpoint = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});
afterAll(() => void silent.close());

const clientOf = (requestTimeout: number) =>
  new SSMClient({
    region: "eu-central-1",
    endpoint,
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    maxAttempts: 1,
    requestHandler: { ...awsPatience.requestHandler, requestTimeout },
  });
const question = () => new GetParameterCommand({ Name: "/x" });

test("an AWS that says nothing is given up, with a sentence", async () => {
  const client = clientOf(200);
  const failure = await client.send(question()).catch((error: unknown) => awsFailure(error));
  expect(failure).toMatchObject({
    message: expect.stringMatching(/^AWS cannot be reached \((ETIMEDOUT|TimeoutError)\)/),
  });
  client.destroy();
});

test("a question ends with the command that asked it", async () => {
  const ending = new AbortController();
  const client = clientOf(awsPatience.requestHandler.requestTimeout);
  const asked = endingWith(client, ending.signal).send(question());
  setTimeout(() => ending.abort(), 50);
  await expect(asked).rejects.toMatchObject({ name: "AbortError" });
  client.destroy();
});
