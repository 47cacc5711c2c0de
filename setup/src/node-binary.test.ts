import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createFakeRunner } from "../../process/test/fake-runner.ts";
import { scratchFolder } from "../test/scratch-folder.ts";
import { downloadNode } from "./node-binary.ts";

test("half an archive of a run that failed is not taken for a whole one", async () => {
  const folder = await scratchFolder();
  const file = `node-linux-${process.arch}-24.1.0.tgz`;
  let isFull = true;
  const runner = createFakeRunner([
    [
      /^npm pack/,
      async ({ args }) => {
        await writeFile(join(args.at(-1) ?? "", file), isFull ? "ha" : "whole");
        return isFull ? { exitCode: 228, stderr: "npm error ENOSPC: no space left on device, write" } : "";
      },
    ],
  ]);
  await expect(downloadNode(runner, 24, folder)).rejects.toThrow(/ENOSPC.*\nA disk is full: make room/);
  isFull = false;
  expect(await downloadNode(runner, 24, folder)).toEqual({ version: "24.1.0", archive: join(folder, file) });
  expect(await readdir(folder)).toEqual(expect.arrayContaining([file]));
  expect(runner.ran).toHaveLength(2);
  await downloadNode(runner, 24, folder);
  expect(runner.ran).toHaveLength(2);
});
