import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchFolder } from "../test/scratch-folder.ts";
import { readAptSources } from "./host.ts";

test("sources come from the main file and from both kinds of parts, others are ignored", async () => {
  const folder = await scratchFolder();
  await mkdir(join(folder, "sources.list.d"));
  await writeFile(join(folder, "sources.list"), "deb http://a.test/debian bookworm main\n");
  await writeFile(join(folder, "sources.list.d/1.list"), "deb http://b.test/x any main\n");
  await writeFile(
    join(folder, "sources.list.d/2.sources"),
    "Types: deb\nURIs: http://c.test/y\nSuites: any\nComponents: main\n",
  );
  await writeFile(
    join(folder, "sources.list.d/3.sources.disabled"),
    "Types: deb\nURIs: http://d.test/z\nSuites: any\n",
  );
  expect((await readAptSources(folder)).map((source) => source.uri)).toEqual([
    "http://a.test/debian",
    "http://b.test/x",
    "http://c.test/y",
  ]);
});

test("a machine without apt has no sources", async () => {
  expect(await readAptSources("/no/such/folder")).toEqual([]);
});
