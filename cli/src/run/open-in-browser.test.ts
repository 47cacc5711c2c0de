import type { Command } from "@compose-fleet/process";
import { expect, test } from "vitest";
import { openInBrowser } from "./open-in-browser.ts";

const ADDRESS = "http://127.0.0.1:18090/";

async function opened(platform: NodeJS.Platform, exitCode: number) {
  const said = { printed: [] as string[], notes: [] as string[], ran: [] as string[] };
  const run = async ({ args, file }: Command) => {
    said.ran.push([file, ...args].join(" "));
    return { exitCode, stdout: "", stderr: "", missing: false, timedOut: false };
  };
  await openInBrowser(
    {
      print: (line) => said.printed.push(line),
      machine: { host: { platform }, runner: { run } },
      terminal: { progress: { note: (text) => said.notes.push(text) } },
    },
    ADDRESS,
  );
  return said;
}

test.each([
  ["linux", "xdg-open"],
  ["darwin", "open"],
] as const)("on %s the address is printed and given to %s", async (platform, opener) => {
  expect(await opened(platform, 0)).toEqual({ printed: [ADDRESS], notes: [], ran: [`${opener} ${ADDRESS}`] });
});

test("without a browser the address is there to be opened by hand", async () => {
  const { notes, printed } = await opened("linux", 3);
  expect([printed, notes]).toEqual([[ADDRESS], [expect.stringContaining("open the address yourself")]]);
});
