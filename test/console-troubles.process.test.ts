import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { recordedLook, startRecordedServer } from "@compose-fleet/console/recorded";
import type { LookAnswer } from "@compose-fleet/wh-api";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type Browser,
  type BrowserContext,
  findChromium,
  type Page,
  startBrowser,
} from "../bench/src/console/browser.ts";
import { buildConsole } from "./build-console.ts";

// What the page says when something is wrong, in a real browser: looks that somebody made up, since a real scaler has no such day.
const chromium = findChromium("the console in trouble");
const HOUR_MS = 3_600_000;
const recording = { workers: 6, replicas: 4, decisions: 20, service: "web" };

describe.skipIf(chromium === undefined)("the console in trouble", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "fleet-console-"));
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let latest: () => LookAnswer;
  let server: Awaited<ReturnType<typeof startRecordedServer>>;

  beforeAll(async () => {
    buildConsole(folder);
    browser = await startBrowser(chromium ?? "");
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    latest = () => recordedLook({ ...recording, startMs: Date.now() }, 0);
    server = await startRecordedServer({ folder, port: 0, latest: () => latest() });
    context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    page = await context.newPage();
  });
  afterEach(async () => {
    await context.close();
    await server.close().catch(() => undefined);
  });

  const figure = (name: string) => page.locator(`[data-figure="${name}"] strong`).textContent();

  test("of a thousand workers, a service with a hostile name and a scaler that goes away the page makes no fuss", async () => {
    const service = "<img src=x onerror=alert(1)>";
    const many = { workers: 1_000, replicas: 10, decisions: 5_000, service, startMs: Date.now() };
    latest = () => recordedLook(many, 0);
    await page.clock.install();
    const dialogs: string[] = [];
    page.on("dialog", (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await page.goto(server.url);
    await page.locator(".link-live").waitFor();
    expect(await page.locator("[data-worker]").count()).toBeLessThan(40);
    expect(await page.locator("main").textContent()).toContain(service);
    expect([dialogs, await page.locator("img").count()]).toEqual([[], 0]);
    await server.close();
    await page.clock.runFor(30_000);
    await page.getByText("The scaler has not answered for").waitFor();
    // A day later: what was seen last, how old it is, and the way back.
    await page.clock.fastForward("24:00:00");
    await page.clock.runFor(2_000);
    expect(await page.locator(".notice.alarm").first().textContent()).toMatch(/for (1 d|24 h)/);
    expect(await page.locator("[data-worker]").count()).toBeGreaterThan(10);
  });

  test.each([
    ["behind", -HOUR_MS],
    ["ahead of", HOUR_MS],
  ])(
    "a machine whose clock is an hour %s the scaler's is told, and countdowns go by the scaler's",
    async (way, offMs) => {
      await page.clock.install({ time: Date.now() + offMs });
      await page.goto(server.url);
      await page.getByText(new RegExp(`clock is (1 h|59 min \\d+ s) ${way} the scaler's`)).waitFor();
      // The recording's pause ends ten minutes after it began, whatever this machine believes.
      expect(await page.locator('[data-override="o-1"]').textContent()).toMatch(/ends in (10 min|9 min \d+ s)/);
    },
  );

  test("a look that is old and blind is an alarm, and unknown figures are dashes", async () => {
    const look = recordedLook({ ...recording, startMs: Date.now() }, 0);
    const { lastTick } = look.status;
    latest = () => ({
      ...look,
      nowMs: Date.now(),
      cost: null,
      traffic: { requestsPerSecond: null, p99Seconds: null, failuresPerSecond: null },
      status: {
        ...look.status,
        lastTick: lastTick && { ...lastTick, atMs: Date.now() - HOUR_MS, metricsReadable: false },
      },
    });
    await page.goto(server.url);
    await page.getByText(/last look at the fleet was (1 h|1 h \d+ min|60 min) ago: its loop stands still/).waitFor();
    await page.getByText("Blind: Prometheus cannot be read.").waitFor();
    expect([await figure("Requests"), await figure("p99"), await figure("Cost"), await figure("Sight")]).toEqual([
      "–",
      "–",
      "–",
      "blind",
    ]);
  });

  test("without EventSource the page asks every few seconds, and shows what is new", async () => {
    await context.addInitScript("delete window.EventSource");
    await page.goto(server.url);
    await page.locator(".link-polling").waitFor();
    expect(await page.locator(".link").textContent()).toBe("asks every 3 s");
    const before = await figure("Workers");
    latest = () => recordedLook({ ...recording, workers: 9, startMs: Date.now() }, 0);
    await expect.poll(() => figure("Workers"), { timeout: 10_000 }).not.toBe(before);
  });
});
