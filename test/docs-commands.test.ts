import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { createProgram } from "../cli/src/program.ts";

// A page that names a command which is not there costs somebody an evening.

const root = path.resolve(import.meta.dirname, "..");
const filesOf = (folder: string) => readdirSync(path.join(root, folder)).map((file) => `${folder}/${file}`);
const readmes = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !["docs", "node_modules"].includes(entry.name))
  .map(({ name }) => `${name}/README.md`)
  .filter((file) => existsSync(path.join(root, file)));
const examples = readdirSync(path.join(root, "examples"), { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [`examples/${entry.name}/README.md`] : [],
);
const pages = ["README.md", "AGENTS.md", ...readmes, ...examples, ...filesOf("docs"), ...filesOf("docs/adr")]
  .filter((file) => file.endsWith(".md"))
  .map((file) => [file, readFileSync(path.join(root, file), "utf8")] as const);
const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
const program = createProgram({ version: "0", root } as never);

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

/** The names by which GitHub's rendering knows the headings of a page. */
function anchorsOf(text: string): readonly string[] {
  const headings = [...text.replace(/^```.*?^```/gms, "").matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** Links of a page within the repository that lead nowhere. */
function brokenLinks(file: string, text: string): readonly string[] {
  const links = [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link = ""]) => link);
  return links.filter((link) => {
    const [target = "", anchor] = link.split("#");
    const found = target === "" ? path.join(root, file) : path.join(root, path.dirname(file), target);
    if (!existsSync(found)) return true;
    return anchor !== undefined && !anchorsOf(readFileSync(found, "utf8")).includes(anchor);
  });
}

test("a link that leads nowhere is found", () => {
  const text =
    "[a](nope.md) [b](deploy.md#nope) [c](#nope) [d](deploy.md#4-secrets) [e](#logs) [f](https://example.com)";
  expect(brokenLinks("docs/operate.md", text)).toEqual(["nope.md", "deploy.md#nope", "#nope"]);
});

test("a command that is not there is found", () => {
  expect(faultOf("releese --local")).toBe("no command releese");
  expect(faultOf("release status --lcoal")).toBe("status has no --lcoal");
  expect(faultOf("release rollback --only workers")).toBeUndefined();
});

describe.each(pages)("%s", (file, text) => {
  test("names commands of fleet that there are", () => {
    const lines = [...text.matchAll(/npx fleet ([a-z][^`#|&\n]*)/g)].map(([, line = ""]) => line);
    expect(lines.flatMap((line) => faultOf(line.replace(/[).,;:]+$/, "")) ?? [])).toEqual([]);
  });
  test("links to what there is", () => {
    expect(brokenLinks(file, text)).toEqual([]);
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
