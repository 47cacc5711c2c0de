import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Gap, type PassThrough, startPassThrough } from "./pass-through.ts";

let emulator: Server;
let passThrough: PassThrough | undefined;

beforeEach(async () => {
  // Says what it was asked; fails where it is told to.
  emulator = createServer(async (request, response) => {
    const body = await text(request);
    response.writeHead(body.includes("fail") ? 500 : 200, { "content-type": "text/plain" }).end(`got ${body}`);
  });
  await new Promise<void>((resolve) => emulator.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  await passThrough?.close();
  await new Promise((resolve) => emulator.close(resolve));
});

async function call(gaps: readonly Gap[], body: string) {
  passThrough = await startPassThrough(`http://127.0.0.1:${(emulator.address() as AddressInfo).port}`, gaps);
  const response = await fetch(passThrough.endpoint, {
    method: "POST",
    headers: { authorization: "AWS4-HMAC-SHA256 Credential=A/20260101/eu-central-1/ec2/aws4_request" },
    body,
  });
  return { status: response.status, body: await response.text() };
}

test("a call goes through as it is, and is remembered", async () => {
  expect(await call([], "Action=CreateVpc&n=ä")).toEqual({ status: 200, body: "got Action=CreateVpc&n=ä" });
  expect([...(passThrough?.calls ?? [])]).toEqual(["ec2:CreateVpc"]);
});

test("a gap changes the calls that it concerns, before and after", async () => {
  const gap: Gap = {
    why: "test",
    calls: ["ec2:CreateVpc"],
    request: (request) => ({ ...request, body: `${request.body}&more=1` }),
    answer: (answer) => ({ ...answer, body: answer.body.toUpperCase() }),
  };
  expect(await call([gap], "Action=CreateVpc")).toEqual({ status: 200, body: "GOT ACTION=CREATEVPC&MORE=1" });
});

test("and no other", async () => {
  const gap: Gap = { why: "test", calls: ["ec2:DeleteVpc"], answer: (answer) => ({ ...answer, body: "never" }) };
  expect((await call([gap], "Action=CreateVpc")).body).toBe("got Action=CreateVpc");
});

test("a failure of the emulator is told", async () => {
  expect((await call([], "Action=fail")).status).toBe(500);
  expect(passThrough?.failures).toEqual([expect.stringContaining("ec2:fail: 500 got Action=fail")]);
});

test("an emulator that is gone is a bad gateway, not a hang", async () => {
  await new Promise((resolve) => {
    emulator.close(resolve);
    emulator.closeAllConnections();
  });
  const gone = createServer();
  await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", resolve));
  const { port } = gone.address() as AddressInfo;
  await new Promise((resolve) => gone.close(resolve));
  passThrough = await startPassThrough(`http://127.0.0.1:${port}`, []);
  expect((await fetch(passThrough.endpoint)).status).toBe(502);
});
