import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parsePath } from "@compose-fleet/cli/options";
import { checkWritable } from "@compose-fleet/files";
import { findLocalFleet } from "@compose-fleet/local-fleet/session";
import { createWhApi } from "@compose-fleet/wh-api";
import { readOptions, runCommand, say, UsageError } from "../command.ts";
import { findChromium, startBrowser } from "./browser.ts";

const USAGE = `Usage: npm run record:console -- [--out docs/console.png] [--name FLEET]

Writes a picture of the console of a local fleet that runs, as somebody sees it who has signed in: for the README. Nothing is made up, so
have the fleet under load: \`npm run demo\` in another terminal. --name is which local fleet, where several run.

Exit codes: 0 written, 1 the console shows no worker, 2 wrong usage, no Chromium or no local fleet.
`;
const root = fileURLToPath(new URL("../../..", import.meta.url));
const SIZE = { width: 1280, height: 1000 };
/** A screenshot of this size has never been larger. */
const ROOM_BYTES = 2 ** 20;
/** Until the chart has drawn itself, and a tick has come by the stream. */
const SETTLES_MS = 3_000;

await runCommand(USAGE, async (args) => {
  const options = readOptions(args, ["out", "name"]);
  const out = parsePath(options.out ?? "docs/console.png");
  await checkWritable(out, ROOM_BYTES);
  const executable = findChromium("the console of the local fleet");
  if (executable === undefined)
    throw new UsageError("There is no Chromium: npx fleet setup --all installs it on Debian.");
  const { apiToken, endpoints } = await findLocalFleet(root, options.name);
  const browser = await startBrowser(executable);
  try {
    const page = await browser.newPage({ viewport: SIZE, colorScheme: "light" });
    await page.goto(await leaderOf(endpoints, apiToken));
    await page.getByLabel("API token of this fleet").fill(apiToken);
    await page.keyboard.press("Enter");
    await page.locator("[data-worker]").first().waitFor();
    await page.waitForTimeout(SETTLES_MS);
    const picture = await page.screenshot({ type: "png" });
    await writeFile(out, picture);
    say(`${out}: ${Math.round(picture.length / 1024)} kB`);
    return [];
  } finally {
    await browser.close();
  }
});

/** The scaler that leads: the other one tells that it stands by. */
async function leaderOf({ wh, whStandby }: { readonly wh: string; readonly whStandby: string }, token: string) {
  const { leader } = await createWhApi({ baseUrl: wh, token, fetch }).status();
  return leader.isMe ? wh : whStandby;
}
