import { describe, expect, test } from "vitest";
import { recordedLook } from "../../dev/recording.ts";
import type { Link } from "../model/page-state.ts";
import { createActions } from "./actions.ts";
import { createConnection } from "./connection.ts";
import type { Answer, Ask, StreamListener } from "./ports.ts";

const look = recordedLook({ workers: 2, replicas: 2, decisions: 2, service: "web", startMs: 1_000_000 }, 0);
const whole = JSON.stringify(look);
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A page that hears what the test says, when it says so. */
function createScene({ hasStreams = true } = {}) {
  let nowMs = 0;
  let timers: { readonly atMs: number; readonly task: () => void }[] = [];
  const scene = {
    links: [] as Link["kind"][],
    problem: undefined as string | undefined,
    looks: 0,
    times: [] as number[],
    asked: [] as string[],
    streams: [] as (StreamListener & { isOpen: boolean })[],
    answer: (): Answer | Promise<Answer> => ({ status: 200, text: async () => whole }),
    /** Moves the page's clock on. */
    advance: async (ms: number) => {
      const untilMs = nowMs + ms;
      await settled();
      for (;;) {
        const [next] = timers.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs);
        if (!next) break;
        timers = timers.filter((timer) => timer !== next);
        nowMs = next.atMs;
        next.task();
        await settled();
      }
      nowMs = untilMs;
    },
  };
  const connection = createConnection({
    ask: async (path) => {
      scene.asked.push(path);
      return scene.answer();
    },
    openStream: hasStreams
      ? (_path, listener) => {
          const stream = { ...listener, isOpen: true };
          scene.streams.push(stream);
          return () => {
            stream.isOpen = false;
          };
        }
      : undefined,
    clock: {
      pageMs: () => nowMs,
      wallMs: () => nowMs,
      after: (delayMs, task) => {
        const timer = { atMs: nowMs + delayMs, task };
        timers.push(timer);
        return () => {
          timers = timers.filter((other) => other !== timer);
        };
      },
    },
    knownUntil: () => (scene.looks === 0 ? undefined : 42),
    onLook: () => scene.looks++,
    onTime: (serverMs) => scene.times.push(serverMs),
    onLink: (link) => {
      scene.links.push(link.kind);
      scene.problem = "problem" in link ? link.problem : undefined;
    },
  });
  const open = () => scene.streams.filter(({ isOpen }) => isOpen);
  return Object.assign(scene, { connection, open });
}

test("asks once, and is live with the stream's first event", async () => {
  const scene = createScene();
  scene.connection.start();
  await scene.advance(10);
  scene.open()[0]?.onEvent("look", whole);
  scene.open()[0]?.onEvent("beat", '{"nowMs":7}');
  await scene.advance(10_000);
  expect(scene).toMatchObject({ asked: ["/api/look"], looks: 2, times: [7], links: ["live", "live"] });
});

test.each([
  ["a browser without EventSource", { hasStreams: false }, () => {}],
  ["a proxy that buffers: the stream opens and says nothing", {}, () => {}],
  ["a stream that is refused", {}, ({ open }: ReturnType<typeof createScene>) => open()[0]?.onEnd()],
])("%s: it asks every 3 s, for what is new", async (_what, options, happens) => {
  const scene = createScene(options);
  scene.connection.start();
  await scene.advance(10);
  happens(scene);
  await scene.advance(13_000);
  expect(scene.links.at(-1)).toBe("polling");
  expect(scene.asked.length).toBeGreaterThanOrEqual(4);
  expect(scene.asked.slice(1).every((path) => path === "/api/look?since=42")).toBe(true);
  expect(scene.open()).toHaveLength(0);
});

test("a stream that fell silent is tried again after a minute", async () => {
  const scene = createScene();
  scene.connection.start();
  await scene.advance(10);
  scene.open()[0]?.onEvent("look", whole);
  await scene.advance(60_000);
  expect(scene.streams).toHaveLength(1);
  await scene.advance(20_000);
  expect(scene.streams.length).toBeGreaterThan(1);
});

test("while nobody answers it asks later each time, at most every 30 s, and goes on by itself", async () => {
  const scene = createScene();
  scene.answer = () => Promise.reject(new Error("refused"));
  scene.connection.start();
  await scene.advance(3_600_000);
  expect(scene.links.at(-1)).toBe("lost");
  expect(scene.asked.length).toBeGreaterThan(100);
  expect(scene.asked.length).toBeLessThan(130);
  scene.answer = () => ({ status: 200, text: async () => whole });
  await scene.advance(31_000);
  expect(scene.looks).toBeGreaterThan(0);
});

test.each([
  ["a proxy's page", 200, "<html>", /another version/],
  ["another version's answer", 200, '{"nowMs":1,"status":{}}', /another version/],
  ["a list", 200, "[]", /another version/],
  ["a failure that says why", 503, '{"error":"the table is away"}', /^the table is away$/],
  ["a failure that does not", 502, "<html>", /^it answers 502$/],
])("%s is no look, and is told", async (_what, status, text, problem) => {
  const scene = createScene();
  scene.answer = () => ({ status, text: async () => text });
  scene.connection.start();
  await scene.advance(10);
  expect([scene.links.at(-1), scene.looks]).toEqual(["lost", 0]);
  expect(scene.problem).toMatch(problem);
});

describe("without a session", () => {
  test("nothing is asked until somebody signs in", async () => {
    const scene = createScene();
    scene.answer = () => ({ status: 401, text: async () => '{"error":"no bearer token"}' });
    scene.connection.start();
    await scene.advance(600_000);
    expect(scene).toMatchObject({ links: ["signed-out"], problem: undefined, asked: { length: 1 } });
    scene.answer = () => ({ status: 200, text: async () => whole });
    scene.connection.start();
    await scene.advance(10);
    expect(scene.looks).toBe(1);
  });

  test("one that ends while the page is open is told by the stream", async () => {
    const scene = createScene();
    scene.connection.start();
    await scene.advance(10);
    scene.open()[0]?.onEvent("signed-out", "{}");
    await scene.advance(600_000);
    expect([scene.links.at(-1), scene.asked.length, scene.open().length]).toEqual(["signed-out", 1, 0]);
  });
});

test("a hidden page hears nothing, and an answer that comes late is not listened to", async () => {
  const scene = createScene();
  let answer: (value: Answer) => void = () => {};
  scene.answer = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  scene.connection.start();
  await scene.advance(10);
  scene.connection.stop();
  answer({ status: 200, text: async () => whole });
  await scene.advance(600_000);
  expect(scene).toMatchObject({ looks: 0, asked: { length: 1 }, links: [] });
});

describe("what somebody does", () => {
  const asked: Parameters<Ask>[] = [];
  const actionsOn = (status: number, text = "") =>
    createActions(async (...question) => {
      asked.push(question);
      return { status, text: async () => text };
    });

  test("carries the header that no other page can send", async () => {
    await actionsOn(201).signIn("  a-token ");
    await actionsOn(201).addOverride({ kind: "pause", forSeconds: 600, by: "console", reason: "r" });
    await actionsOn(204).endOverride("a/b");
    await actionsOn(204).signOut();
    for (const [, { headers }] of asked) expect(headers).toMatchObject({ "x-fleet-console": "1" });
    expect(asked.map(([path, { body, method }]) => [method, path, body])).toEqual([
      ["POST", "/api/session", '{"token":"a-token"}'],
      ["POST", "/api/overrides", '{"kind":"pause","forSeconds":600,"by":"console","reason":"r"}'],
      ["DELETE", "/api/overrides/a%2Fb?by=console", undefined],
      ["DELETE", "/api/session", undefined],
    ]);
  });

  test("says why it did not work", async () => {
    expect(await actionsOn(401, '{"error":"this is not the API token of this fleet"}').signIn("x")).toMatch(
      /not the API token/,
    );
    expect(await actionsOn(204).endOverride("gone")).toBeUndefined();
    const away = createActions(() => Promise.reject(new Error("refused")));
    expect(await away.signIn("x")).toBe("The scaler does not answer at this address.");
  });
});
