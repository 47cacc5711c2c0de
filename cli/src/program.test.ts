import type { Command } from "commander";
import { expect, test } from "vitest";
import { createProgram } from "./program.ts";

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

const actions = actionsOf(createProgram({ root: "/nowhere" } as never));

test("the commands are found", () => {
  expect(actions.map(([words]) => words)).toEqual(
    expect.arrayContaining(["demo", "local up", "release", "release rollback"]),
  );
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
