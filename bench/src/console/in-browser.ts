import { recordedLook, startRecordedServer } from "@compose-fleet/console/recorded";
import { paths } from "@compose-fleet/wh-api";
import type { Browser, Page } from "playwright-core";
import { percentile } from "../webhook/open-loop.ts";

const CHANGES = 60;
const STEPS = 30;
const BETWEEN_MS = 400;
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** From asking for the page until something of it is painted, signed in at a real scaler. Milliseconds, the middle of five. */
export async function firstPaintMs(browser: Browser, wh: { readonly url: string; readonly apiToken: string }) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(wh.url);
    await page.getByLabel("API token of this fleet").fill(wh.apiToken);
    await page.keyboard.press("Enter");
    await page.locator("[data-worker]").first().waitFor();
    const paints: number[] = [];
    for (let look = 0; look < 5; look++) {
      await page.reload();
      await page.locator("[data-worker]").first().waitFor();
      // Of the workers, not of the first text: what is looked for has to be there.
      paints.push(await page.evaluate<number>("performance.now()"));
    }
    return percentile(paints, 0.5);
  } finally {
    await context.close();
  }
}

/** From sending a change until the page shows it: milliseconds, p95. A fleet of 20 workers. */
export async function lagMsP95(browser: Browser, folder: string): Promise<number> {
  return onRecording(browser, folder, { workers: 20, replicas: 10 }, async (page, send) => {
    const lags: number[] = [];
    for (let step = 1; step <= CHANGES; step++) {
      const shown = page.waitForFunction(
        `document.querySelector('[data-figure="Failures"] small').textContent.startsWith("${step} ")`,
        undefined,
        { polling: "raf" },
      );
      const sentAtMs = performance.now();
      send(step, step);
      await shown;
      lags.push(performance.now() - sentAtMs);
      await sleep(BETWEEN_MS / 4);
    }
    return percentile(lags, 0.95);
  });
}

/** The longest time between two frames while 1,000 workers of 10 replicas change every 400 ms, the first drawing left out. Milliseconds. */
export async function longestFrameMs(browser: Browser, folder: string): Promise<number> {
  return onRecording(browser, folder, { workers: 1_000, replicas: 10 }, async (page, send) => {
    await page.evaluate(`
      globalThis.longest = 0;
      let before = performance.now();
      const frame = (now) => { longest = Math.max(longest, now - before); before = now; requestAnimationFrame(frame); };
      requestAnimationFrame((now) => { before = now; requestAnimationFrame(frame); });
    `);
    for (let step = 1; step <= STEPS; step++) {
      send(step, 0);
      await sleep(BETWEEN_MS);
    }
    return page.evaluate<number>("longest");
  });
}

async function onRecording<T>(
  browser: Browser,
  folder: string,
  size: { readonly workers: number; readonly replicas: number },
  measure: (page: Page, send: (step: number, failures: number) => void) => Promise<T>,
): Promise<T> {
  const recording = { ...size, decisions: 500, service: "service-a", startMs: Date.now() };
  const server = await startRecordedServer({ folder, port: 0, latest: () => recordedLook(recording, 0) });
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  try {
    const page = await context.newPage();
    await page.goto(server.url);
    await page.locator(".link-live").waitFor();
    await sleep(2_000);
    return await measure(page, (step, failuresPerSecond) => {
      const look = recordedLook(recording, step);
      server.send({ ...look, traffic: { ...look.traffic, failuresPerSecond } });
    });
  } finally {
    await context.close();
    await server.close();
  }
}

/** How much 20 open pages cost a scaler, megabytes of resident memory, over `seconds`. */
export async function whGrowthMb(
  wh: { readonly url: string; readonly apiToken: string; rssMb(): Promise<number> },
  seconds: number,
): Promise<number> {
  const before = await wh.rssMb();
  const end = new AbortController();
  const headers = { authorization: `Bearer ${wh.apiToken}` };
  const pages = Array.from({ length: 20 }, async () => {
    const answer = await fetch(`${wh.url}${paths.api}${paths.stream}`, { headers, signal: end.signal });
    for await (const _bytes of answer.body ?? []) if (end.signal.aborted) return;
  });
  const done = Promise.allSettled(pages);
  let most = 0;
  for (let second = 0; second < seconds; second++) {
    await sleep(1_000);
    most = Math.max(most, await wh.rssMb());
  }
  end.abort();
  await done;
  return Math.max(0, most - before);
}
