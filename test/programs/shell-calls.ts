import { parse } from "unbash";

const BUILTINS = new Set(
  ". : [ [[ alias bg break builtin cd command continue declare dirs echo eval exec exit export false fg getopts hash help jobs kill let local mapfile popd printf pushd pwd read readonly return set shift shopt source test times trap true type ulimit umask unalias unset wait".split(
    " ",
  ),
);
/** Words before the program that they run. */
const PREFIXES = new Set(["exec", "command", "sudo", "xargs", "nohup", "setsid", "time", "env"]);

interface ShellNode {
  readonly type?: string;
  readonly name?: unknown;
  readonly suffix?: unknown;
}

/** What a script runs: programs, and the functions that it defines itself. */
export interface ShellCalls {
  readonly programs: ReadonlySet<string>;
  readonly functions: ReadonlySet<string>;
}

/** Reads a script of sh or bash without running it. Names that are only known when it runs (`$TOOL`, a path) are left out. Throws where it cannot be parsed. */
export function shellCalls(script: string): ShellCalls {
  const parsed = parse(script);
  const [fault] = parsed.errors ?? [];
  if (fault !== undefined) throw new Error(`not a shell script: ${fault.message}`);
  // What is inside of words is worked out only when it is asked for; this asks for all of it.
  const ast: unknown = JSON.parse(JSON.stringify(parsed));
  const programs = new Set<string>();
  const functions = new Set<string>();
  visit(ast, (node) => {
    if (node.type === "Function") functions.add(textOf(node.name));
    if (node.type !== "Command") return;
    const words = [node.name, ...(Array.isArray(node.suffix) ? node.suffix : [])].map(textOf);
    const name = programOf(words);
    if (name !== undefined) programs.add(name);
  });
  return { programs, functions };
}

function programOf(words: readonly string[]): string | undefined {
  const [first = "", ...rest] = words;
  if (PREFIXES.has(first)) {
    // `command -v x` asks only whether x is there, which is as good as calling it.
    const next = rest.findIndex((word) => !word.startsWith("-") && !/^\w+=/.test(word));
    return next === -1 ? known(first) : programOf(rest.slice(next));
  }
  if (first === "timeout") return programOf(rest.filter((word) => !/^-|^\d+(\.\d+)?[smhd]?$/.test(word)));
  return known(first);
}

function known(name: string): string | undefined {
  return name === "" || /[$/`*]/.test(name) || BUILTINS.has(name) ? undefined : name;
}

function textOf(word: unknown): string {
  if (typeof word === "string") return word;
  if (typeof word !== "object" || word === null) return "";
  const { value, text } = word as { value?: unknown; text?: unknown };
  return String(value ?? text ?? "");
}

function visit(node: unknown, each: (node: ShellNode) => void): void {
  if (Array.isArray(node)) for (const one of node) visit(one, each);
  else if (typeof node === "object" && node !== null) {
    each(node);
    for (const child of Object.values(node)) visit(child, each);
  }
}
