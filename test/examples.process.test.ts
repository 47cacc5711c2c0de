import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { createTerminalRunner } from "@compose-fleet/process";
import { renderStacks } from "@compose-fleet/render";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { withExample } from "../bench/src/examples/project-with-example.ts";
import { reviewFleet } from "../cli/src/compose/check-services.ts";

// An example that does not work teaches the wrong thing. Under load they are in `npm run check:examples`.

const root = path.resolve(import.meta.dirname, "..");
const folder = (name: string) => path.join(root, "examples", name);
const names = readdirSync(folder("."), { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

/** A program that was started listens soon. */
const untilAnswered = (ask: () => Promise<Response>) =>
  vi.waitUntil(
    () =>
      ask().then(
        ({ ok, status }) => ok || status === 405,
        () => false,
      ),
    { timeout: 15_000 },
  );

test.each(names)("%s: its fleet file and compose files are valid, and render", async (name) => {
  await withExample(root, name, async (copy) => {
    const context = { root: copy, machine: { runner: createTerminalRunner() } };
    const { config, review } = await reviewFleet(context as never, path.join(folder(name), "fleet.yaml"));
    expect(review.faults).toEqual([]);
    const table = renderStacks(config).find(({ path: file }) => file === "stack-worker/rendered/services.tsv");
    for (const service of Object.keys(config.services)) expect(table?.content).toContain(`${service}\t`);
  });
});

describe("cors-proxy and its target", () => {
  const programs: ReturnType<typeof spawn>[] = [];
  let url: string;
  let targetPort: number;

  const freePort = async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, "close");
    return port;
  };
  const start = (service: string, env: Readonly<Record<string, string>>) => {
    const file = path.join(folder("cors-proxy"), `stack-worker/services/${service}/server.mjs`);
    const program = spawn(process.execPath, [file], { env, stdio: "inherit" });
    programs.push(program);
    return program;
  };
  const startTarget = () => start("mock-target", { PORT: `${targetPort}`, DELAY_MS: "0" });
  const ask = (how: RequestInit = {}) => fetch(`${url}a%2Fb?c=d`, how);

  beforeAll(async () => {
    const port = await freePort();
    targetPort = await freePort();
    url = `http://127.0.0.1:${port}/`;
    start("cors-proxy", {
      PORT: `${port}`,
      TARGET: `http://127.0.0.1:${targetPort}`,
      ALLOWED_ORIGINS: "https://a.example.com https://b.example.com",
    });
    startTarget();
    await untilAnswered(ask);
  });
  afterAll(() => {
    for (const program of programs) program.kill("SIGKILL");
  });

  test("an origin that is allowed may read, and the request arrives as it was sent", async () => {
    const answer = await ask({ method: "POST", body: "12345", headers: { origin: "https://b.example.com" } });
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://b.example.com");
    expect(await answer.json()).toMatchObject({ method: "POST", path: "/a%2Fb?c=d", bytes: 5 });
  });

  test("a page asks first, and another origin is refused", async () => {
    const asked = { origin: "https://a.example.com", "access-control-request-headers": "x-token" };
    const first = await ask({ method: "OPTIONS", headers: asked });
    expect([first.status, first.headers.get("access-control-allow-headers")]).toEqual([204, "x-token"]);
    expect((await ask({ headers: { origin: "https://c.example.com" } })).status).toBe(403);
    expect((await ask({ method: "POST", body: "x".repeat(1_100_000) })).status).toBe(413);
  });

  test("a target that leaves answers what it has, and the next request finds the one that comes", async () => {
    const [, old] = programs;
    old?.kill("SIGTERM");
    await once(old ?? expect.fail(), "exit");
    const waiting = ask();
    startTarget();
    expect((await waiting).status).toBe(200);
  });
});

test("static-site: words are counted, whatever the language", async () => {
  const port = 20_000 + Math.floor(process.pid % 20_000);
  const file = path.join(folder("static-site"), "stack-worker/services/words/server.mjs");
  const program = spawn(process.execPath, [file], { env: { PORT: `${port}` }, stdio: "inherit" });
  const ask = (where: string, how?: RequestInit) => fetch(`http://127.0.0.1:${port}${where}`, how);
  try {
    await untilAnswered(() => ask("/words"));
    const answer = await ask("/words", { method: "POST", body: "Größe isn't all: 3 wörter 🙂" });
    expect(await answer.json()).toMatchObject({ words: 5, characters: 27 });
    expect((await ask("/other")).status).toBe(404);
  } finally {
    program.kill("SIGKILL");
  }
});
