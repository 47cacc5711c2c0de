import { join, resolve } from "node:path";
import { loadFleetFile } from "@compose-fleet/files";
import { renderStacks } from "@compose-fleet/render";
import { expect, test } from "vitest";
import { checkRendered } from "./files.ts";

const ROOT = resolve(import.meta.dirname, "../../..");

test("the committed files are those of fleet.yaml", async () => {
  const files = renderStacks(await loadFleetFile(join(ROOT, "fleet.yaml")));
  expect(await checkRendered(ROOT, files)).toEqual([]);
});
