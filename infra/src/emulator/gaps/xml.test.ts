import { expect, test } from "vitest";
import { element, mapElements } from "./xml.ts";

test("an element is found by its name", () => {
  expect(element("<a><id>1</id><id>2</id></a>", "id")).toBe("1");
  expect(element("<a/>", "id")).toBeUndefined();
});

test.each([
  ["each of several", "<m>a</m>-<m>b</m>", "<m>[a]</m>-<m>[b]</m>"],
  ["the outermost of those within each other", "<m>a<m>b</m></m>", "<m>[a<m>b</m>]</m>"],
  ["none", "<n>a</n>", "<n>a</n>"],
])("elements are changed: %s", (_rule, xml, expected) => {
  expect(mapElements(xml, "m", (inner) => `[${inner}]`)).toBe(expected);
});
