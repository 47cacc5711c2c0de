import { readFileSync } from "node:fs";
import type { StackFile } from "@compose-fleet/cli/release";
import { expect, test } from "vitest";
import { goodVariant, hookVariant, programVariant, recipeOf } from "./variant.ts";

const stack = new URL("../../../stack-worker/", import.meta.url);
const files: StackFile[] = ["appspec.yml", "hooks/validate-service.sh", "start.sh"].map((path) => ({
  path,
  mode: 0o644,
  content: readFileSync(new URL(path, stack)),
}));
const textOf = (edited: readonly StackFile[], path: string) =>
  edited.find((file) => file.path === path)?.content.toString() ?? "";

test("a version is the service's image with another answer", () => {
  expect(recipeOf(goodVariant("version 1"), "compose-fleet/service-a:1")).toBe(
    'FROM compose-fleet/service-a:1\nLABEL compose-fleet.release-bench="version 1"\nENV PAYLOAD="version 1"\n',
  );
});

test("or with another program", () => {
  expect(recipeOf(programVariant("crash", 'throw "x"'), "base")).toContain('\nCMD ["node","-e","throw \\"x\\""]\n');
});

test("a hook gets lines at its beginning and a limit, in the real stack's files", () => {
  const edited = hookVariant("hangs", "validate-service", ["sleep 3600"], 15).edit(files);
  expect(textOf(edited, "hooks/validate-service.sh")).toMatch(/^#!\/usr\/bin\/env bash\nsleep 3600\n/);
  expect(textOf(edited, "appspec.yml")).toMatch(/location: hooks\/validate-service\.sh\n\s+timeout: 15\n/);
  expect(textOf(edited, "start.sh")).toBe(textOf(files, "start.sh"));
});
