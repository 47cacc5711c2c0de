import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { keyTable } from "./key-table.ts";
import { serviceRules, topLevelRules } from "./service-rules.ts";

const DOCS = resolve(import.meta.dirname, "../../../docs/services.md");
/** Widths of columns are the formatter's business. */
const plain = (table: string): string => table.replaceAll(/ +/g, " ").replaceAll(/-{3,}/g, "---");

test.each([
  ["keys of a service", serviceRules],
  ["keys at the top", topLevelRules],
])("docs/services.md has the table of the %s", async (_name, rules) => {
  expect(plain(await readFile(DOCS, "utf8"))).toContain(plain(keyTable(rules)));
});

test.each([
  ["service", serviceRules],
  ["top", topLevelRules],
])("no key of the %s has two rules", (_name, rules) => {
  const keys = rules.map(({ key }) => key);
  expect(keys).toEqual([...new Set(keys)]);
});
