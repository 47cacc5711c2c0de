import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseFleetConfig } from "@compose-fleet/fleet";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFakeRunner } from "../../../process/test/fake-runner.ts";
import { localServicesFaults, readLocalServices } from "./local-services.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "local-services-test-"));
  await mkdir(join(root, "beside"));
  for (const name of ["redis.yml", "db.yaml", ".hidden.yml", "notes.md"])
    await writeFile(join(root, "beside", name), "");
});
afterEach(() => rm(root, { recursive: true, force: true }));

function configOf(services: unknown) {
  const web = { path: "/", port: 80, memory: "64m", capacity: { requestsPerSecond: 5 } };
  const parsed = parseFleetConfig({ name: "demo", services: { web }, local: { services } });
  if (!parsed.ok) throw new Error(parsed.faults.map(({ path, message }) => `${path}: ${message}`).join("\n"));
  return parsed.config;
}

/** Compose that reads whatever it gets as these services, and tells which files it got. */
function composeThat(services: object, failure?: string) {
  const included: string[] = [];
  const runner = createFakeRunner([
    [
      /^docker compose -p local-services -f compose\.json config/,
      async ({ cwd }) => {
        included.push(...JSON.parse(await readFile(join(cwd ?? "", "compose.json"), "utf8")).include);
        return failure === undefined ? JSON.stringify({ services }) : { exitCode: 1, stderr: failure };
      },
    ],
  ]);
  return { runner, included };
}

describe("which files are meant", () => {
  test.each([
    ["beside/redis.yml", ["beside/redis.yml"]],
    [
      ["beside/redis.yml", "beside/db.yaml"],
      ["beside/redis.yml", "beside/db.yaml"],
    ],
    ["beside/*.yml", ["beside/redis.yml"]],
    [
      ["beside/*.yml", "beside/r*.yml", "beside/*.yaml"],
      ["beside/redis.yml", "beside/db.yaml"],
    ],
  ])("%j", async (services, expected) => {
    const { runner, included } = composeThat({ redis: { image: "redis" } });
    expect(await readLocalServices(runner, root, configOf(services), {})).toBe(
      '{"services":{"redis":{"image":"redis"}}}',
    );
    expect(included).toEqual(expected.map((file) => join(root, file)));
  });
  test("none: compose is not asked", async () => {
    const { runner } = composeThat({});
    expect(await readLocalServices(runner, root, configOf([]), {})).toBeUndefined();
    expect(runner.ran).toEqual([]);
  });
});

describe("what is wrong is told with the file", () => {
  test.each(["beside/nothing.yml", "beside/*x.yml", "nowhere/*.yml"])("%s is not there", async (services) => {
    const faults = await localServicesFaults(composeThat({}).runner, root, configOf(services));
    expect(faults).toEqual([{ path: services, message: expect.stringMatching(/^is not there: write the file/) }]);
  });
  test("a name that the fleet has", async () => {
    const { runner } = composeThat({ web: {} });
    await expect(readLocalServices(runner, root, configOf("beside/redis.yml"), {})).rejects.toThrow(
      /beside\/redis\.yml: services\.web: web is a service of the fleet/,
    );
  });
  test("compose's words, without folders of this machine", async () => {
    const { runner } = composeThat(
      {},
      `time="x" level=warning\n${root}/beside/redis.yml: services.redis must be a mapping`,
    );
    expect(await localServicesFaults(runner, root, configOf("beside/redis.yml"))).toEqual([
      { path: "beside/redis.yml", message: "compose refuses it: beside/redis.yml: services.redis must be a mapping" },
    ]);
  });
});

test.each(["/etc/x.yml", "../x.yml", "a/../../x.yml", "redis", "a*/x.yml", ".", ""])(
  "%j is no file of the project's that compose would read",
  (services) => {
    expect(() => configOf(services)).toThrow(/^local\.services: write a compose file below the project's folder/);
  },
);
