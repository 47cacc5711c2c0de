import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createFakeProgress } from "../../process/test/fake-progress.ts";
import { createFakeRunner } from "../../process/test/fake-runner.ts";
import { createFakeHost, debianPaths } from "../test/fake-host.ts";
import { scratchFolder } from "../test/scratch-folder.ts";
import { openPrivateApt } from "./private-apt.ts";

const progress = createFakeProgress();

test.each([
  ["the machine's own mirror is read", createFakeHost(debianPaths), "http://mirror.test/debian"],
  [
    "Ubuntu reads the public archive",
    createFakeHost(debianPaths, { aptSources: async () => [] }),
    "http://deb.debian.org/debian",
  ],
])("%s, verified with Debian's key", async (_, host, mirror) => {
  const folder = await scratchFolder();
  await openPrivateApt({ runner: createFakeRunner([[/^apt-get/, ""]]), host, progress, folder });
  expect(await readFile(join(folder, "sources.list"), "utf8")).toBe(
    `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror} forky main\n`,
  );
});

test.each([
  ["without apt", [], /neither a reachable image registry nor apt-get/],
  ["without Debian's key", debianPaths.slice(0, 2), /apt-get install -y debian-archive-keyring/],
])("%s the user is told what to do", async (_, paths, message) => {
  const opened = openPrivateApt({
    runner: createFakeRunner([]),
    host: createFakeHost(paths),
    progress,
    folder: await scratchFolder(),
  });
  await expect(opened).rejects.toThrow(message);
});

test("a mirror that does not answer is named, with apt's own words", async () => {
  const runner = createFakeRunner([[/^apt-get update/, { exitCode: 100, stderr: "E: Failed to fetch InRelease" }]]);
  await expect(
    openPrivateApt({ runner, host: createFakeHost(debianPaths), progress, folder: await scratchFolder(), retryMs: 1 }),
  ).rejects.toThrow("could not read Debian forky at http://mirror.test/debian:\nE: Failed to fetch InRelease");
  expect(runner.ran).toHaveLength(3);
});

test("a mirror that fails once is asked again, and the user told", async () => {
  const answers = [{ exitCode: 100, stderr: "E: File has unexpected size. Mirror sync in progress?" }, ""];
  const runner = createFakeRunner([[/^apt-get update/, () => answers.shift() ?? ""]]);
  const progress = createFakeProgress();
  await openPrivateApt({
    runner,
    host: createFakeHost(debianPaths),
    progress,
    folder: await scratchFolder(),
    retryMs: 1,
  });
  expect(runner.ran).toEqual(["apt-get update -q", "apt-get update -q"]);
  expect(progress.said).toEqual([
    "could not read Debian forky at http://mirror.test/debian; it is tried again in 0.001 s",
  ]);
});

test("a package in the cache is not fetched again", async () => {
  const folder = await scratchFolder();
  const runner = createFakeRunner([[/^apt-get/, ""]]);
  const apt = await openPrivateApt({ runner, host: createFakeHost(debianPaths), progress, folder });
  const deb = (name: string) => ({ name, version: "1", file: `${name}_1-1_all.deb` });
  await writeFile(join(folder, "debs", deb("a").file), "");
  await apt.download([deb("a"), deb("b"), deb("b")]);
  expect(runner.ran.at(-1)).toBe("apt-get download -q b");
  await apt.download([deb("a")]);
  expect(runner.ran.at(-1)).toBe("apt-get download -q b");
});

test("half a package of a download that failed is not taken for a whole one", async () => {
  const folder = await scratchFolder();
  const deb = { name: "a", version: "1", file: "a_1-1_all.deb" };
  let isFull = true;
  const runner = createFakeRunner([
    [/^apt-get update/, ""],
    [
      /^apt-get download/,
      async ({ cwd = "" }) => {
        await writeFile(join(cwd, deb.file), isFull ? "ha" : "whole");
        return isFull ? { exitCode: 100, stderr: "E: Write error - write (28: No space left on device)" } : "";
      },
    ],
  ]);
  const apt = await openPrivateApt({ runner, host: createFakeHost(debianPaths), progress, folder, retryMs: 1 });
  await expect(apt.download([deb])).rejects.toThrow(/No space left on device\)\nA disk is full: make room/);
  expect(await readdir(join(folder, "debs"))).toEqual([]);
  isFull = false;
  await apt.download([deb]);
  expect(await readdir(join(folder, "debs"))).toEqual([deb.file]);
});
