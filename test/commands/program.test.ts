import { readFileSync } from "node:fs";
import path from "node:path";
import { exitCodes } from "@compose-fleet/process";
import type { Command } from "commander";
import { expect, test } from "vitest";
import { createBenchProgram } from "../../bench/src/program.ts";
import { createProgram } from "../../cli/src/program.ts";

/** Every command that does something, with the words that call it. */
function actionsOf(command: Command, words: readonly string[] = []): (readonly [string, Command])[] {
  const children = command.commands.flatMap((child) => actionsOf(child, [...words, child.name()]));
  const isGroup = children.length > 0 && command.registeredArguments.length === 0 && command.options.length === 0;
  return words.length === 0 || isGroup ? children : [[words.join(" "), command], ...children];
}

function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text;
}

const actions = actionsOf(createProgram({ root: "/nowhere", version: "1.2.3" } as never));
const benches = actionsOf(createBenchProgram({ root: "/nowhere", version: "1.2.3" } as never));
const { scripts }: { scripts: Record<string, string> } = JSON.parse(
  readFileSync(path.join(import.meta.dirname, "../../package.json"), "utf8"),
);

test("the commands are found", () => {
  expect(actions.map(([words]) => words)).toEqual(
    expect.arrayContaining(["demo", "local up", "release", "release rollback"]),
  );
});

test("what measures the project is no command of its users, and each has its script", () => {
  const names = benches.map(([words]) => words);
  expect(names).toEqual([
    "chaos",
    "drain",
    "reaction",
    "release",
    "simulate",
    "websocket",
    "record-demo",
    "check-examples",
  ]);
  expect(actions.filter(([words]) => /chaos|bench|reaction/.test(words))).toEqual([]);
  const called = Object.values(scripts).flatMap((script) => / bench ([\w-]+)$/.exec(script)?.[1] ?? []);
  expect(called.sort()).toEqual([...names].sort());
});

test.each(benches)("%s --help has examples that are scripts, and its exit codes", (_words, command) => {
  const help = helpOf(command);
  const called = [...help.matchAll(/^ {2}npm run ([a-z:]+)/gm)].map(([, name = ""]) => name);
  expect(called.length).toBeGreaterThan(0);
  expect(called.filter((name) => !(name in scripts))).toEqual([]);
  expect(help).toContain("Exit codes:");
});

test.each(actions)("fleet %s --help has examples of it and its exit codes", (words, command) => {
  const help = helpOf(command);
  expect(help).toMatch(new RegExp(`Examples:\\n(.*\\n)*?.*fleet ${words}`));
  expect(help).toContain("Exit codes:");
});

test.each(actions)("fleet %s names a fleet file by --fleet, if it names one", (_words, command) => {
  const others = command.options.filter(
    ({ long, description }) => long !== "--fleet" && /fleet file/.test(description),
  );
  expect(others.map(({ long }) => long)).toEqual([]);
});

test.each(actions)("fleet %s takes FLEET_FILE, or says that it is about a sample", (_words, command) => {
  const fleet = command.options.find(({ long }) => long === "--fleet");
  if (fleet === undefined) return;
  if (fleet.envVar === undefined)
    expect(fleet.description).toMatch(/the sample fleet\.\w+\.yaml, whatever FLEET_FILE says/);
  else expect(fleet.envVar).toBe("FLEET_FILE");
});

/** What `fleet …` writes, and the code that it would end with. */
async function run(...args: string[]) {
  const program = createProgram({ root: "/nowhere", version: "1.2.3" } as never);
  let text = "";
  const quiet = (command: Command): void => {
    const write = (part: string) => {
      text += part;
    };
    command.configureOutput({ writeOut: write, writeErr: write });
    for (const child of command.commands) quiet(child);
  };
  quiet(program);
  const error: unknown = await program.parseAsync(args, { from: "user" }).catch((reason: unknown) => reason);
  return { text, error };
}

test("fleet --version prints it", async () => {
  expect(await run("--version")).toMatchObject({ text: "1.2.3\n", error: { exitCode: 0 } });
});

test.each([
  ["history", "fleet jobs history or fleet release history"],
  ["up", "fleet local up"],
  ["rollback", "fleet release rollback"],
  ["setpu", "setup"],
])("fleet %s leads to %s", async (word, suggestion) => {
  const { text, error } = await run(word);
  expect(text).toContain(`Did you mean ${suggestion}?`);
  expect(error).toMatchObject({ exitCode: 1 });
});

test("fleet --help says which fleet file is taken, and all exit codes", async () => {
  const { text } = await run("--help");
  expect(text).toContain("--fleet FILE, else the variable FLEET_FILE, else fleet.yaml");
  for (const code of Object.values(exitCodes)) expect(text).toMatch(new RegExp(`^ {2}${code} +\\w`, "m"));
});
