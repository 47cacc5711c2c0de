import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { unusablePaths } from "../test/unusable-paths.ts";
import { FleetFileError, loadFleetFile } from "./fleet-file.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const SERVICE = "services: { web: { path: /, port: 80, memory: 64m, capacity: { requestsPerSecond: 5 } } }\n";
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fleet-file-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Loads a file with this content and gives the faults as lines. */
async function faultsOf(content: string | Uint8Array): Promise<string> {
  const path = join(folder, "fleet.yaml");
  await writeFile(path, content);
  const error = await loadFleetFile(path).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof FleetFileError)) throw new Error(`expected a FleetFileError, got ${String(error)}`);
  expect(error.message.startsWith(`${path}:\n`)).toBe(true);
  return error.faults.map((fault) => `${fault.path}: ${fault.message}`).join("\n");
}

describe("loadFleetFile", () => {
  // fleet.yaml is its user's: whatever is in it, it has to be one.
  test.each(["fleet.yaml", "fleet.demo.yaml"])("the project's own %s is accepted", async (name) => {
    expect((await loadFleetFile(join(ROOT, name))).name).toMatch(/^[a-z]/);
  });

  test.each([
    ["an empty file is not a mapping", "", "not a mapping"],
    ["a list is not a mapping", "- name: demo\n", "not a mapping"],
    ["a text is not a mapping", "hello\n", "not a mapping"],
    ["a syntax error is told with its line", `name: demo\n${SERVICE}region: [eu\n`, "line 4:"],
    ["a tab as indentation is told with its line", "name: demo\nworkers:\n\tmin: 1\n", "line 3:"],
    ["a key written twice is refused", "name: a\nname: b\n", "line 2: Map keys must be unique"],
    [
      "two documents in one file are refused",
      `name: demo\n${SERVICE}---\nname: b\n`,
      "line 3: a second document begins here",
    ],
    ["brackets without end are told once", "name: demo\nworkers: { min: 1", /^line 2: [^\n]*end with a \}$/],
    ["thousands of brackets are refused", `a: ${"[".repeat(20_000)}${"]".repeat(20_000)}\n`, "line 1: nests too deep"],
    ["an unknown key is refused with its path", `name: demo\ncolour: red\n${SERVICE}`, "colour: unknown key"],
    ["all faults come at once", `name: Demo\nworkers: { min: 0 }\n${SERVICE}`, /name: [\s\S]*workers\.min: /],
    ["a wrong type is told with what was got", `name: 7\n${SERVICE}`, "got 7"],
    ["a file larger than 1 MiB is some other file", `# ${"x".repeat(1024 * 1024)}\n`, "at most 1048576"],
    ["bytes that are not UTF-8 are refused", new Uint8Array([0x6e, 0xff, 0xfe]), "not UTF-8"],
    [
      "aliases that multiply are refused, cheaply",
      `a: &a [x, x, x, x, x, x, x, x, x]\n${"bcdefgh".replaceAll(/./g, (key) => {
        const before = String.fromCharCode(key.charCodeAt(0) - 1);
        return `${key}: &${key} [${Array(9).fill(`*${before}`).join(", ")}]\n`;
      })}`,
      "cannot be read",
    ],
  ])("%s", async (_rule, content, expected) => {
    const faults = await faultsOf(content);
    if (typeof expected === "string") expect(faults).toContain(expected);
    else expect(faults).toMatch(expected);
  });

  test("of thousands of faults the first are told, and how many there are", async () => {
    const path = join(folder, "fleet.yaml");
    await writeFile(path, `name: demo\n${SERVICE}${Array.from({ length: 3000 }, (_, n) => `k${n}: 1\n`).join("")}`);
    const error: Error = await loadFleetFile(path).then(
      () => expect.fail("it was taken"),
      (reason) => reason,
    );
    expect(error.message.split("\n")).toHaveLength(52);
    expect(error.message).toMatch(/k49: unknown key[^\n]*\n {2}\.\.\. and 2950 more$/);
  });

  test("a missing file is a sentence", async () => {
    await expect(loadFleetFile(join(folder, "none.yaml"))).rejects.toThrow(/none\.yaml:\n {2}is not there/);
  });

  test("whoever asks for it another way says so", async () => {
    const loading = loadFleetFile(join(folder, "none.yaml"), "set FLEET_FILE to the path of a fleet.yaml");
    await expect(loading).rejects.toThrow(/none\.yaml:\n {2}is not there: set FLEET_FILE/);
  });

  test("a folder is not a file", async () => {
    await mkdir(join(folder, "sub"));
    await expect(loadFleetFile(join(folder, "sub"))).rejects.toThrow(/is not a file/);
  });
});

describe("a path that cannot be read", () => {
  const unusable = unusablePaths();
  afterAll(() => unusable.remove());

  test.each([
    ...unusable.paths.filter(({ why }) => !/read-only|disk/.test(why)),
    { why: "a device without end", path: "/dev/zero" },
    { why: "a file of the kernel without end", path: "/proc/self/pagemap" },
    { why: "a pipe that nobody writes to", path: join(unusable.folder, "pipe") },
  ])("$why ends with 2 and a sentence", async ({ why, path }) => {
    if (why.startsWith("a pipe")) execFileSync("mkfifo", [path]);
    await expect(loadFleetFile(path)).rejects.toMatchObject({ name: "FleetFileError", exitCode: 2 });
  });
});
