import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { imageCatalog } from "./image-catalog.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const FILE = /\/[^/]*(\.yml|Dockerfile)$/;
const files = ["stack-worker", "stack-prometheus", "images", "service-a", "wh"].flatMap((folder) =>
  readdirSync(`${root}${folder}`, { recursive: true, encoding: "utf8" })
    .map((path) => `${folder}/${path}`)
    .filter((path) => FILE.test(path) && !path.includes("/node_modules/")),
);

/** Every default image of the compose files and Dockerfiles: where it stands, its variable, the image. */
const defaults = files.flatMap((file) =>
  [...readFileSync(`${root}${file}`, "utf8").matchAll(/(?:\$\{|^ARG )([A-Z_]+_IMAGE)(?::?-|=)([^}\s]+)/gm)].map(
    ([, variable = "", image = ""]) => ({ file, variable, image }),
  ),
);

test.each(defaults)("$file: $variable is the catalog's", ({ variable, image }) => {
  const entry = imageCatalog.find((one) => one.variable === variable);
  // What is built here has a name of ours: the catalog names its base.
  if (entry === undefined || entry.kind === "built") expect(image).toMatch(/^compose-fleet\//);
  else expect(image).toBe(entry.upstream);
});

test("each image that every fleet runs in a container has a default", () => {
  const found = new Set(defaults.map(({ variable }) => variable));
  const inNoFile = ["REGISTRY_IMAGE", "MACHINE_IMAGE"];
  const wanted = imageCatalog.map(({ variable }) => variable as string).filter((name) => !inNoFile.includes(name));
  expect([...found]).toEqual(expect.arrayContaining(wanted));
});
