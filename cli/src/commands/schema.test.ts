import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { schemaText } from "./schema.ts";

test("fleet.schema.json is what the schema says: after a change run `npx fleet schema --write`", async () => {
  const committed = await readFile(join(import.meta.dirname, "../../../fleet.schema.json"), "utf8");
  expect(committed).toBe(schemaText());
});
