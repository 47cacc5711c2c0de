import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Command } from "commander";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fakeLocalFleet } from "../../../local-fleet/src/session/fake-local-fleet.ts";
import type { CliContext } from "../run/context.ts";
import { jobsCommand } from "./jobs.ts";
import { localCommand } from "./local.ts";
import { openCommand } from "./open.ts";
import { overrideCommand } from "./override.ts";
import { scaletestCommand } from "./scaletest.ts";

const file = `name: shop
environment: local
services:
  web: { path: /, port: 80, memory: 64m, capacity: { requestsPerSecond: 5 } }
  api: { path: /api/, port: 80, memory: 64m, capacity: { requestsPerSecond: 5 } }
`;
let fleet: Awaited<ReturnType<typeof fakeLocalFleet>>;
const ran: string[] = [];
const printed: string[] = [];
let context: CliContext;

beforeAll(async () => {
  fleet = await fakeLocalFleet("shop", file);
  const run = async (command: { file: string; args: readonly string[] }) => {
    ran.push([command.file, ...command.args].join(" "));
    return { exitCode: 0, stdout: "", stderr: "", missing: false, timedOut: false };
  };
  context = {
    root: fleet.root,
    print: (line: string) => printed.push(line),
    terminal: { isTty: false, columns: () => 80, write: () => {}, progress: { note: () => {} } },
    machine: { runner: { run }, host: { platform: "linux" } },
    stop: new AbortController().signal,
  } as unknown as CliContext;
});
afterAll(() => fleet.close());

async function failureOf(make: (context: CliContext) => Command, ...args: string[]): Promise<unknown> {
  ran.length = 0;
  const command = make(context).exitOverride();
  for (const child of command.commands) child.exitOverride().configureOutput({ writeErr: () => {} });
  command.configureOutput({ writeErr: () => {} });
  return command.parseAsync(args, { from: "user" }).then(
    () => undefined,
    (error: unknown) => error,
  );
}

test.each([
  ["service", "nonsense", 'The fleet has no service "nonsense". It has: web, api. Nothing was sent.'],
  ["worker", "i-9", 'The fleet has no worker "i-9". It has: i-1. Nothing was sent.'],
])("a test alert about a %s that is not there is refused with those that are", async (what, name, message) => {
  expect(await failureOf(scaletestCommand, "HighRequestRate", `--${what}`, name)).toMatchObject({
    exitCode: 2,
    message,
  });
  expect(ran).toEqual([]);
});

test("one about what is there goes to the script", async () => {
  expect(
    await failureOf(scaletestCommand, "HighCPU", "--service", "api", "--worker", "i-1", "--for", "1m30s"),
  ).toBeUndefined();
  expect(ran).toEqual([
    expect.stringContaining("scaletest.sh\" 'HighCPU' '--service' 'api' '--worker' 'i-1' '--for' '90s'"),
  ]);
});

test("a local fleet that never was is not ended, but named as what it is", async () => {
  expect(await failureOf(localCommand, "down", "--name", "nonsense")).toMatchObject({
    exitCode: 2,
    message: "There is no local fleet nonsense here, and was none. There are: shop.",
  });
});

test.each(["../../cli", "", "a/b", "A", ".", "x".repeat(33), "-"])("%j is no fleet's name", async (name) => {
  expect(await failureOf(localCommand, "down", `--name=${name}`)).toMatchObject({ code: "commander.invalidArgument" });
  expect(ran).toEqual([]);
});

test("where the consoles answer is said, and no secret with it", async () => {
  printed.length = 0;
  expect(await failureOf(openCommand)).toBeUndefined();
  expect(printed.join("\n")).toMatch(/^wh +http:\S+$/m);
  expect(printed.join("\n")).not.toContain("token");
});

test.each([
  { make: overrideCommand, words: ["list"] },
  { make: overrideCommand, words: ["end", "x"] },
  { make: jobsCommand, words: ["history"] },
  { make: jobsCommand, words: ["run", "x"] },
])("below another command, too, it is heard which fleet is meant: $words", async ({ make, words }) => {
  expect(await failureOf(make, ...words, "--name", "elsewhere")).toMatchObject({
    exitCode: 2,
    message: expect.stringContaining("elsewhere"),
  });
  expect(await failureOf(make, ...words, "--aws", "--target", "local")).toMatchObject({ exitCode: 2 });
});

test("a load on a path that nobody serves is one request and a sentence", async () => {
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}/nobody`;
  expect(await failureOf(localCommand, "load", "--target", target, "--rate", "200")).toMatchObject({
    exitCode: 2,
    message: `${target} answers 404: no service has that path. Name another with --path.`,
  });
  expect(requests).toBe(1);
  server.closeAllConnections();
  server.close();
});

test.each([
  [["nobody"], 'The fleet has no service "nobody". It has: web, api. Nothing was measured.'],
  [["api", "--path", "/shop"], "/shop is not a path of api, which has everything below /api/. Nothing was measured."],
  [["api", "--name", "elsewhere"], "No local fleet named elsewhere runs: start one with npx fleet local up."],
])("what cannot be measured is refused before anything is changed: %j", async (words, message) => {
  expect(await failureOf(localCommand, "measure", ...words)).toMatchObject({ exitCode: 2, message });
});
