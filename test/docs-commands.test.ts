import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { createProgram } from "../cli/src/program.ts";

// A page that names a command which is not there costs somebody an evening.

const root = path.resolve(import.meta.dirname, "..");
const pages = ["README.md", "AGENTS.md", ...readdirSync(path.join(root, "docs")).map((file) => `docs/${file}`)]
  .filter((file) => file.endsWith(".md"))
  .map((file) => [file, readFileSync(path.join(root, file), "utf8")] as const);
const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
const program = createProgram({ root } as never);

/** What is wrong with a command line after `fleet`; undefined when nothing is. */
function faultOf(line: string): string | undefined {
  const words = line.trim().split(/\s+/);
  let command: ReturnType<typeof createProgram> = program;
  for (const word of words) {
    const next = command.commands.find((candidate) => candidate.name() === word);
    if (next === undefined) break;
    command = next;
  }
  if (command === program) return `no command ${words[0]}`;
  const known = [...command.options, ...program.options].map(({ long }) => long);
  const unknown = words.filter((word) => word.startsWith("--") && !known.includes(word.replace(/=.*/, "")));
  return unknown.length > 0 ? `${command.name()} has no ${unknown.join(", ")}` : undefined;
}

test("a command that is not there is found", () => {
  expect(faultOf("releese --local")).toBe("no command releese");
  expect(faultOf("release status --lcoal")).toBe("status has no --lcoal");
  expect(faultOf("release rollback --only workers")).toBeUndefined();
});

describe.each(pages)("%s", (_file, text) => {
  test("names commands of fleet that there are", () => {
    const lines = [...text.matchAll(/npx fleet ([a-z][^`#|&\n]*)/g)].map(([, line = ""]) => line);
    expect(lines.flatMap((line) => faultOf(line.replace(/[).,;:]+$/, "")) ?? [])).toEqual([]);
  });
  test("names scripts of npm that there are", () => {
    const names = [...text.matchAll(/npm run ([a-z:]+)/g)].map(([, name = ""]) => name);
    expect(names.filter((name) => !(name in scripts))).toEqual([]);
  });
  test("names files of the stacks that there are", () => {
    const files = [...text.matchAll(/\/opt\/fleet\/(stack-(?:worker|prometheus)\/[\w./-]+\.(?:sh|yml))/g)];
    expect(files.map(([, file = ""]) => file).filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
  });
});
