import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { stackParts, wantedSource } from "./wanted-source.ts";

const root = resolve(import.meta.dirname, "../../..");
const config = { services: { web: {} } } as never;

test("the parts are those of the stacks", () => {
  const services = ["stack-worker", "stack-prometheus"].flatMap((stack) =>
    Object.keys(parse(readFileSync(`${root}/${stack}/compose.yml`, "utf8"), { merge: true }).services),
  );
  expect([...stackParts].sort()).toEqual(services.sort());
});

test.each([
  [undefined, { machine: "i-0a1", service: "wh" }, true],
  ["i-0a", { machine: "i-0a1", service: "web" }, true],
  ["i-0b", { machine: "i-0a1", service: "web" }, false],
  ["web", { machine: "i-0a1", service: "web" }, true],
  ["wh", { machine: "monitoring", service: "wh-standby" }, false],
])("%s of %o: %s", (word, source, wanted) => {
  expect(wantedSource(config, word)(source)).toBe(wanted);
});

test.each(["nope", "", "i-", "I-0a", "web-1"])("%j means nothing", (word) => {
  expect(() => wantedSource(config, word)).toThrow("write a worker's id, a service (web) or a part");
});
