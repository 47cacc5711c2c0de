import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findMirror } from "./find-mirror.ts";
import { mirrorPlaces } from "./mirror-places.ts";

const aws = { address: "hashicorp/aws", version: "0.0.1", platform: "plan9_arm" };
const layout = "registry.terraform.io/hashicorp/aws/0.0.1/plan9_arm";
let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "fleet-mirror-"));
});
afterEach(() => rmSync(home, { recursive: true }));

test.each<[string, NodeJS.Platform, string, object]>([
  ["Terraform's folder in the home", "linux", ".terraform.d/plugins", {}],
  ["the user's data folder", "linux", ".local/share/terraform/plugins", {}],
  ["the application's folder of a Mac", "darwin", "Library/Application Support/io.terraform/plugins", {}],
  ["any folder of the home, not too deep", "linux", "mirrors/tf", {}],
])("%s is searched", (_rule, platform, folder, env) => {
  mkdirSync(join(home, folder, layout), { recursive: true });
  expect(findMirror(mirrorPlaces(env, home, platform), aws)).toBe(join(home, folder));
});

test("the plug-in cache has the layout of a mirror", () => {
  const cache = join(home, "a/b/c/d/cache");
  mkdirSync(join(cache, layout), { recursive: true });
  expect(findMirror(mirrorPlaces({ TF_PLUGIN_CACHE_DIR: cache }, home, "linux"), aws)).toBe(cache);
});

test("a folder that cannot be read is no mirror", () => {
  expect(findMirror(mirrorPlaces({}, join(home, "gone"), "linux"), aws)).toBeUndefined();
});
