import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { createFaultClient } from "./fault-client.ts";

const folder = mkdtempSync(join(tmpdir(), "faults-"));
const socket = join(folder, "control.sock");
let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("a fault is started and ended by its id; refusals come as the fleet's own sentence", async () => {
  const seen: string[] = [];
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    seen.push(`${request.method} ${request.url} ${body}`);
    if (request.method === "POST" && body.includes("kill-wh"))
      response.writeHead(201).end('{"id":"f-1","name":"kill-wh"}');
    else if (request.url === "/faults/f-1") response.writeHead(200).end("{}");
    else if (request.method === "DELETE") response.writeHead(404).end('{"error":"no such fault"}');
    else response.writeHead(409).end('{"error":"already in force"}');
  });
  await new Promise<void>((resolve) => server?.listen(socket, resolve));
  const client = createFaultClient(socket);
  expect(await client.start({ name: "kill-wh", forSeconds: 30 })).toBe("f-1");
  await client.end("f-1");
  await client.end("gone-already");
  await expect(client.start({ name: "ssm-slow" })).rejects.toThrow("refused the fault ssm-slow: already in force");
  expect(seen[0]).toBe('POST /faults {"name":"kill-wh","forSeconds":30}');
});

test("nobody there: a sentence, not a stack", async () => {
  await expect(createFaultClient("/nowhere/control.sock").end("f-1")).rejects.toThrow(
    /The local fleet does not answer/,
  );
});
