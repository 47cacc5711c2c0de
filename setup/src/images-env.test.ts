import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchFolder } from "../test/scratch-folder.ts";
import { parseImagesEnv, readImagesEnv, writeImagesEnv } from "./images-env.ts";

test("what is written is read back, and nothing else is left behind", async () => {
  const folder = join(await scratchFolder(), "not-there-yet");
  const images = { NGINX_IMAGE: "nginx:1.30", NODE_IMAGE: "registry.test:5000/node:24" };
  await writeImagesEnv(join(folder, "images.env"), images);
  expect(await readImagesEnv(join(folder, "images.env"))).toEqual(images);
  expect(await readFile(join(folder, "images.env"), "utf8")).toBe(
    "NGINX_IMAGE=nginx:1.30\nNODE_IMAGE=registry.test:5000/node:24\n",
  );
  expect(await readdir(folder)).toEqual(["images.env"]);
});

test("comments, empty lines and keys without a value are skipped; a missing file is empty", async () => {
  expect(parseImagesEnv("# a\n\nNGINX_IMAGE=\nNODE_IMAGE=node:24\n")).toEqual({ NODE_IMAGE: "node:24" });
  expect(await readImagesEnv("/no/such/file")).toEqual({});
});
