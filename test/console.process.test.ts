import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { decisionsSchema, decisionText, lookSchema, statusSchema } from "@compose-fleet/wh-api";
import axe from "axe-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Browser,
  type BrowserContext,
  findChromium,
  type Page,
  startBrowser,
} from "../bench/src/console/browser.ts";
import { consoleFilesOf } from "../wh/src/console/console-files.ts";
import { API_TOKEN, createWorld } from "../wh/src/test-support/world.ts";
import { buildConsole } from "./build-console.ts";

// The console as it is built, served by the real scaler over a small world, in a real browser.
const folder = mkdtempSync(path.join(tmpdir(), "fleet-console-"));
const chromium = findChromium("the console");

interface AxeAnswer {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(chromium === undefined)("the console in a browser", () => {
  const complaints: string[] = [];
  let world: ReturnType<typeof createWorld>;
  let server: Server;
  let url: string;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  const api = async (what: string) =>
    (await fetch(`${url}api/${what}`, { headers: { authorization: `Bearer ${API_TOKEN}` } })).json();
  const figure = (name: string) => page.locator(`[data-figure="${name}"] strong`).textContent();
  const signIn = async (token: string) => {
    await page.getByLabel("API token of this fleet").fill(token);
    await page.keyboard.press("Enter");
  };

  beforeAll(async () => {
    buildConsole(folder);
    const files = consoleFilesOf(readdirSync(folder), (name) => readFileSync(path.join(folder, name)));
    world = createWorld(files && { consoleFiles: files });
    server = createServer(world.wh.app);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    world.requestsPerSecond = 60;
    await world.wh.start();
    await world.clock.advance(30_000);
    browser = await startBrowser(chromium ?? "");
    context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    page = await context.newPage();
    page.on("console", (message) => {
      // The answer to who is not signed in.
      if (message.type() === "error" && !message.text().includes("401")) complaints.push(message.text());
    });
    page.on("pageerror", ({ message }) => complaints.push(message));
    await page.goto(url);
  });
  afterAll(async () => {
    await browser?.close();
    await world?.wh.stop();
    server?.closeAllConnections();
    server?.close();
  });

  test("asks for the token first, and says that a wrong one is wrong", async () => {
    await signIn("not-the-token-0123456789");
    await page.getByText("this is not the API token of this fleet").waitFor();
    expect(await page.locator("[data-worker]").count()).toBe(0);
    await signIn(API_TOKEN);
    await page.locator("[data-worker]").first().waitFor();
    expect(await page.evaluate("document.cookie")).toBe("");
  });

  test("shows what the API says", async () => {
    await world.clock.advance(500);
    const { status, turningPoints } = lookSchema.parse(await api("look"));
    expect(await figure("Replicas")).toBe(`${status.services["service-a"]?.replicasReady}`);
    expect(await figure("Workers")).toBe(`${status.workers?.inService}`);
    expect(await figure("Requests")).toBe(`${world.requestsPerSecond}`);
    for (const { target, text } of status.targets)
      expect(await page.locator(`[data-target="${target}"]`).textContent()).toContain(text);
    const [, replicas] = turningPoints;
    expect(await page.locator(`[data-target="${replicas?.target}"]`).textContent()).toContain(
      `one more above ${replicas?.growsAbove}`,
    );
  });

  test("a change is on the page as soon as it is told, with its reason, and as a mark on the chart", async () => {
    world.requestsPerSecond = 250;
    await world.clock.advance(20_000);
    await expect.poll(() => figure("Replicas"), { timeout: 10_000 }).toBe("4");
    expect(await page.locator('[data-worker="i-1"] .cell.ready').count()).toBe(4);
    const { decisions } = decisionsSchema.parse(await api("decisions?limit=1000"));
    const [change] = decisions.filter(({ kind }) => kind !== "hold");
    const told = change ? decisionText(change) : "no decision";
    expect(await page.locator(".timeline").textContent()).toContain(told);
    await page.locator(".mark").last().focus();
    expect(await page.locator(".told").textContent()).toContain(told);
    expect(await page.locator(".link").textContent()).toBe("live");
  });

  test("an override counts down, and is ended with the keyboard", async () => {
    await page.getByLabel("because").fill("a test");
    await page.getByRole("button", { name: "Pause" }).press("Enter");
    await world.clock.advance(2_000);
    await page.locator("[data-override]").waitFor();
    expect(await page.locator("[data-override]").textContent()).toMatch(
      /paused by console \(a test\), ends in (10 min|9 min \d+ s)/i,
    );
    await page.getByRole("button", { name: "End it" }).press("Enter");
    await world.clock.advance(2_000);
    await page.locator("[data-override]").waitFor({ state: "detached" });
    expect(statusSchema.parse(await api("status")).overrides).toEqual([]);
  });

  test.each(["light", "dark"] as const)("axe finds nothing serious in the %s page", async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate<AxeAnswer>("axe.run()");
    const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  });

  test("on a phone nothing but the table of workers scrolls sideways", async () => {
    await page.setViewportSize({ width: 390, height: 800 });
    const beyond = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
    // The chart hears of its new width a frame later.
    await expect.poll(() => page.evaluate<number>(beyond)).toBeLessThanOrEqual(0);
  });

  test("asks nobody else for anything, and breaks no rule of its own policy", async () => {
    const asked = await page.evaluate<string[]>('performance.getEntriesByType("resource").map(({ name }) => name)');
    expect(asked.filter((name) => !name.startsWith(url) && !name.startsWith("data:"))).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test("a session that ends while the page is open asks for the token again, and what was seen last stays", async () => {
    const { origin } = new URL(url);
    // As its time ends it: the scaler knows the session no more, and the page has not asked for that.
    const ended = await context.request.delete(`${url}api/session`, { headers: { origin, "x-fleet-console": "1" } });
    expect(ended.ok()).toBe(true);
    await world.clock.advance(6_000);
    await page.getByText("The session has ended.").waitFor();
    expect(await page.locator("[data-worker]").count()).toBeGreaterThan(0);
    await signIn(API_TOKEN);
    await page.getByLabel("API token of this fleet").waitFor({ state: "detached" });
    await page.getByText("The session has ended.").waitFor({ state: "detached" });
  });

  test("signing out takes everything away", async () => {
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("API token of this fleet").waitFor();
    expect(await page.locator("[data-worker]").count()).toBe(0);
    await page.reload();
    await page.getByLabel("API token of this fleet").waitFor();
  });
});
