import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { absentPrograms, isOnPath, programs } from "../../setup/src/programs.ts";
import { ourParts } from "../our-parts.ts";
import { codeCalls } from "./code-calls.ts";
import { shellCalls } from "./shell-calls.ts";

// Every program that set-up or tests call is in the table of setup/src/programs.ts: a machine that has nothing but Node, npm and root must do.

const root = path.resolve(import.meta.dirname, "../..");
/** Scripts that run where their programs are: in the image, or on the instance, that they are part of. */
const ELSEWHERE = [
  /^stack-worker\/nginx\//,
  /^infra\/(user-data|test\/machine)\//,
  // On the monitoring instance alone; the tests of it run in a container that is one.
  /^stack-prometheus\/(heartbeat|secrets)\.sh$/,
];
/** No program at all: what a test of the runner asks for. */
const PRETENDED = new Set(["no-such-program-here"]);
const known = new Set(programs.map(({ name }) => name));

function read(pattern: RegExp): Map<string, string> {
  const all = ourParts
    .flatMap((part) =>
      readdirSync(path.join(root, part), { recursive: true, encoding: "utf8" }).map((file) => `${part}/${file}`),
    )
    .filter((file) => pattern.test(file) && !/\/(node_modules|dist|rendered|cdktf\.out)\//.test(file));
  return new Map(all.map((file) => [file, readFileSync(path.join(root, file), "utf8")]));
}

/** Programs of scripts that are in no table: "file: program". */
function unknownOfScripts(scripts: ReadonlyMap<string, string>): string[] {
  const calls = [...scripts].map(([file, text]) => ({ file, ...shellCalls(text) }));
  // Scripts of a stack source each other's functions.
  const functions = new Set(calls.flatMap((call) => [...call.functions]));
  return calls.flatMap(({ file, programs: called }) =>
    [...called].filter((name) => !functions.has(name) && !known.has(name)).map((name) => `${file}: ${name}`),
  );
}

/** Functions that scripts define: code may source a script and call one. */
function functionsOf(scripts: ReadonlyMap<string, string>): ReadonlySet<string> {
  return new Set([...scripts.values()].flatMap((text) => [...shellCalls(text).functions]));
}

function unknownOfCode(files: ReadonlyMap<string, string>, functions: ReadonlySet<string> = new Set()): string[] {
  return codeCalls(files).flatMap(({ file, program, script }) => {
    // "x" is what a template is filled with: a name that is not written down.
    const inner = script === undefined ? [] : [...shellCalls(script).programs].filter((name) => name !== "x");
    return [program, ...inner]
      .filter((name) => !known.has(name) && !PRETENDED.has(name) && !functions.has(name))
      .map((name) => `${file}: ${name}`);
  });
}

describe("no program is called that is not in the table", () => {
  let code: Map<string, string>;
  let scripts: Map<string, string>;
  beforeAll(() => {
    code = read(/\.(ts|mjs)$/);
    scripts = new Map([...read(/\.sh$/)].filter(([file]) => !ELSEWHERE.some((pattern) => pattern.test(file))));
  });

  test("by code", { timeout: 120_000 }, () => {
    expect(unknownOfCode(code, functionsOf(read(/\.sh$/)))).toEqual([]);
  });

  test("by scripts", () => {
    expect(scripts.size).toBeGreaterThan(20);
    expect(unknownOfScripts(scripts)).toEqual([]);
  });

  test("by npm's scripts, but for those that a package brings", () => {
    const { scripts: own } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
    const called = Object.values<string>(own).flatMap((script) => [...shellCalls(script).programs]);
    const brought = readdirSync(path.join(root, "node_modules/.bin"));
    expect(called.filter((name) => !known.has(name) && !brought.includes(name))).toEqual([]);
  });
});

describe("a planted call is found", () => {
  test.each([
    ["Node's own function", 'import { spawn } from "node:child_process";\nspawn("planted", []);'],
    ["under another name", 'import { execFile as go } from "node:child_process";\ngo("planted");'],
    ["execa", 'import { execa } from "execa";\nawait execa("planted", ["x"]);'],
    ["a constant", 'import { spawnSync } from "node:child_process";\nconst P = "planted";\nspawnSync(P, []);'],
    ["a command as data", 'export const c = { file: "planted", args: ["x"] };'],
    [
      "a function of the file",
      'import { spawn } from "node:child_process";\nfunction run(file: string) { spawn(file, []); }\nrun("planted");',
    ],
    [
      "a function in a constant",
      'import { spawn } from "node:child_process";\nconst run = (file: string) => spawn(file, []);\nrun("planted");',
    ],
    ["a function of another file", 'import { must } from "./must.ts";\nawait must("planted", []);'],
    ["by a shell", 'import { execa } from "execa";\nawait execa("sh", ["-c", "cat x | planted --now"]);'],
    [
      "by a shell as data",
      'export const c = (n: string) => ({ file: "bash", args: ["-ec", `cd folder && planted`] });',
    ],
  ])("%s", (_what, text) => {
    const must =
      'import { execFile } from "node:child_process";\nimport { promisify } from "node:util";\nconst call = promisify(execFile);\nexport async function must(file: string, args: string[]) { return call(file, args); }';
    expect(
      unknownOfCode(
        new Map([
          ["a/must.ts", must],
          ["a/x.ts", text],
        ]),
      ),
    ).toEqual(["a/x.ts: planted"]);
  });

  test.each([
    ["plainly", "planted -x"],
    ["behind a pipe", "cat x | planted"],
    ["in a substitution", 'x="$(planted)"'],
    ["in a condition", "if ! planted; then exit 1; fi"],
    ["by another program", "find . -print0 | xargs -0 planted"],
    ["with a time limit", "timeout -k 5 30 planted x"],
    ["with its own environment", "env A=1 planted"],
    ["asked for", "command -v planted >/dev/null"],
    ["in the end", 'exec planted "$@"'],
    ["in a function", "f() { planted; }; f"],
  ])("in a script, %s", (_what, script) => {
    expect(unknownOfScripts(new Map([["x.sh", script]]))).toEqual(["x.sh: planted"]);
  });
});

test("the table has no program twice, and says of each that set-up does not bring what is left out", () => {
  expect(known.size).toBe(programs.length);
  const absent = absentPrograms("/nowhere");
  expect(absent.map(({ program }) => program)).toContain("terraform");
  for (const { without, get } of absent) expect([without.length, get.length].every((length) => length > 10)).toBe(true);
});

test("docs/set-up.md names what set-up installs and what it does not bring", () => {
  const page = readFileSync(path.join(root, "docs/set-up.md"), "utf8");
  for (const { name, origin } of programs) {
    if (origin.kind === "package" || origin.kind === "extra") expect(page).toContain(`\`${origin.package}\``);
    if (origin.kind === "absent" || origin.kind === "extra") expect(page).toMatch(new RegExp(`^\\| \`${name}\``, "m"));
  }
});

test("a program is looked for in the folders of PATH", () => {
  expect(isOnPath("node", path.dirname(process.execPath))).toBe(true);
  expect(isOnPath("node", `/nowhere::${path.dirname(process.execPath)}`)).toBe(true);
  expect(isOnPath("node", "/nowhere")).toBe(false);
  expect(isOnPath("no-such-program", "/usr/bin")).toBe(false);
});
