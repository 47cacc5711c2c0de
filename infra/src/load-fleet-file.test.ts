import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { FleetFileError, loadFleetFile } from "./load-fleet-file.ts";

const folder = mkdtempSync(join(tmpdir(), "fleet-file-"));
afterAll(() => rmSync(folder, { recursive: true }));

function load(text: string | undefined): unknown {
  const path = join(folder, text === undefined ? "absent.yaml" : "fleet.yaml");
  if (text !== undefined) writeFileSync(path, text);
  try {
    return loadFleetFile(path);
  } catch (error) {
    expect(error).toBeInstanceOf(FleetFileError);
    return (error as Error).message;
  }
}

const web = "services: { web: { path: /, port: 80, memory: 64m, capacity: { requestsPerSecond: 100 } } }";

test("a fleet file comes with its defaults", () => {
  expect(load(`name: demo\n${web}`)).toMatchObject({ name: "demo", workers: { spot: { onDemandBase: 1 } } });
});

describe("before Terraform starts, a sentence says what is wrong with", () => {
  test.each([
    ["a file that is not there", undefined, /absent\.yaml is not there: set FLEET_FILE/],
    ["text that is no YAML", "name: [", /cannot be read: .*npx fleet validate/],
    ["an empty file", "", /write a mapping of keys and values \(got null\)/],
    ["min above max", `name: demo\nworkers: { min: 5, max: 2 }\n${web}`, /workers\.min: write at most max \(got 5\)/],
    [
      "a network of another's",
      `name: demo\nnetwork: { cidr: 8.8.0.0/16 }\n${web}`,
      /network\.cidr: use a private range/,
    ],
    [
      "a Spot share out of range",
      `name: demo\nworkers: { spot: { spotShareAboveBase: 2 } }\n${web}`,
      /workers\.spot\.spotShareAboveBase: write at most 1 \(got 2\)/,
    ],
  ])("%s", (_rule, text, expected) => {
    expect(load(text)).toMatch(expected);
  });
  test("a folder", () => {
    expect(() => loadFleetFile(folder)).toThrow(/cannot be read: it is not a file/);
  });
  test("everything at once", () => {
    const message = load(`name: Demo\ncolour: red\nworkers: { min: 0 }\n${web}`);
    expect(String(message).split("\n")).toHaveLength(4);
  });
});
