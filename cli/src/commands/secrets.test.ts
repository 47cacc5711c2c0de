import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createFakeProgress } from "../../../process/test/fake-progress.ts";
import { secretsCommand } from "./secrets.ts";

const fleet = `
name: shop
environment: stage
services:
  web: { path: /, port: 80, memory: 64m, capacity: { requestsPerSecond: 10 }, secrets: [API_KEY] }
notify: { slack: {} }
`;

let root: string;
let printed: string[];
let values: Map<string, string>;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "fleet-secrets-"));
  await writeFile(join(root, "fleet.yaml"), fleet);
});
afterAll(() => rm(root, { recursive: true }));
beforeEach(() => {
  // Whoever runs the tests may have named a fleet for their own commands.
  vi.stubEnv("FLEET_FILE", undefined);
  printed = [];
  values = new Map();
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** Runs the command against secrets in memory; `typed` is what stands at the prompt. */
async function run(args: readonly string[], typed = ""): Promise<void> {
  const terminal = {
    isTty: false,
    columns: () => 80,
    write: () => undefined,
    progress: createFakeProgress(),
    readHidden: async () => typed,
  };
  const command = secretsCommand({ root, print: (line) => printed.push(line), terminal }, () => ({
    put: async (name, value) => {
      const outcome = values.has(name) ? "replaced" : "created";
      values.set(name, value);
      return outcome;
    },
    names: async () => new Set(values.keys()),
  }));
  await command.parseAsync([...args], { from: "user" });
}

test("set takes what is typed, and shows the parameter, not the value", async () => {
  await run(["set", "API_KEY"], "hunter2\n");
  expect(values).toEqual(new Map([["API_KEY", "hunter2"]]));
  expect(printed).toEqual(["/fleet/shop/stage/secrets/API_KEY: created"]);
});

test("a name that the fleet does not know is refused, and those it knows are named", async () => {
  await expect(run(["set", "API_KEI"], "hunter2")).rejects.toThrow(
    /Got "API_KEI": this fleet has .*SLACK_WEBHOOK_URL, API_KEY/,
  );
  expect(values.size).toBe(0);
});

test("an empty value changes nothing", async () => {
  values.set("API_KEY", "before");
  await expect(run(["set", "API_KEY"], "\n")).rejects.toThrow("Nothing was changed");
  expect(values.get("API_KEY")).toBe("before");
});

test("generate makes up what is missing and nothing that somebody has to hand over", async () => {
  values.set("ALERTS_TOKEN", "kept");
  await run(["generate"]);
  expect(values.get("ALERTS_TOKEN")).toBe("kept");
  expect([...values.keys()].sort()).toEqual([
    "ALERTS_TOKEN",
    "API_TOKEN",
    "GRAFANA_PASSWORD",
    "PROMETHEUS_PASSWORD",
    "REMOTE_WRITE_PASSWORD",
  ]);
  expect(new Set(values.values()).size).toBe(5);
});

test("list fails while a secret is missing, with the commands that set them", async () => {
  await run(["generate"]);
  await expect(run(["list"])).rejects.toThrow(
    "2 missing. Set them with:\n  fleet secrets set SLACK_WEBHOOK_URL\n  fleet secrets set API_KEY",
  );
  values.set("API_KEY", "x").set("SLACK_WEBHOOK_URL", "x");
  await expect(run(["list", "--json"])).resolves.toBeUndefined();
  expect(JSON.parse(printed.at(-1) ?? "")).toContainEqual(
    expect.objectContaining({ name: "API_KEY", isSet: true, origin: "given" }),
  );
});
