import { spawnSync } from "node:child_process";
import { type Browser, chromium } from "playwright-core";

export type { Browser, BrowserContext, Page } from "playwright-core";

/** Where Chromium is; undefined, and said loudly, where it is missing: then the tests that look at `what` are left out. */
export function findChromium(what: string): string | undefined {
  const found = spawnSync("sh", ["-c", "command -v chromium"], { encoding: "utf8" });
  const path = found.stdout.trim();
  if (path !== "" && spawnSync("chromium", ["--version"]).status === 0) return path;
  process.stderr.write(`\nSKIPPED: \`chromium --version\` does not work here, so no browser looks at ${what}\n\n`);
  return undefined;
}

/** A browser without a window. Whoever starts it closes it. */
export function startBrowser(executablePath: string): Promise<Browser> {
  // Chromium's sandbox does not run as root.
  const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath, args: [...asRoot, "--disable-gpu", "--disable-dev-shm-usage"] });
}
