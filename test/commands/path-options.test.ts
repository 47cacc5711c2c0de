import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Command, CommanderError } from "commander";
import { afterAll, expect, test } from "vitest";
import { unusablePaths } from "../../files/test/unusable-paths.ts";
import { programUnderTest } from "./program-under-test.ts";

const root = resolve(import.meta.dirname, "../..");
const unusable = unusablePaths();
afterAll(() => unusable.remove());

/** Words that a command needs before it looks at a path. */
const needed = ({ registeredArguments }: Command): readonly string[] =>
  registeredArguments.flatMap(({ required, argChoices }) => (required ? [argChoices?.[0] ?? "API_KEY"] : []));

/** Each option or argument that takes a path: words of its command, and how it is given. */
function takersOf(command: Command, words: readonly string[] = []): (readonly [string, string, readonly string[]])[] {
  const call = words.join(" ");
  const options = command.options
    .filter(({ flags }) => /<(file|folder|dir|path)>/.test(flags) && !/--path /.test(flags))
    .map(({ long }) => [call, long ?? "", [...words, ...needed(command), long ?? ""]] as const);
  const args = command.registeredArguments
    .filter((argument) => /^(file|folder|dir|path)$/.test(argument.name()))
    .map((argument) => [call, `[${argument.name()}]`, words] as const);
  return [...options, ...args, ...command.commands.flatMap((child) => takersOf(child, [...words, child.name()]))];
}

const takers = takersOf(programUnderTest());

test("options that take a path are found", () => {
  expect(takers.map(([call, flag]) => `${call} ${flag}`)).toEqual(
    expect.arrayContaining(["render --out", "demo --report", "validate [file]", "release rollback --fleet"]),
  );
});

test.each(takers)(
  "fleet %s %s: a path that cannot be used ends it with 2 and a sentence",
  async (_call, _flag, words) => {
    const before = readFileSync(`${root}/fleet.schema.json`, "utf8");
    for (const { why, path } of unusable.paths) {
      const error: unknown = await programUnderTest()
        .parseAsync([...words, path], { from: "user" })
        .catch((reason: unknown) => reason);
      // Commander's own code for a value that is refused; main.ts makes it 2.
      if (!(error instanceof CommanderError)) expect(error, why).toMatchObject({ exitCode: 2 });
      expect(error, why).toBeInstanceOf(Error);
      // A sentence names what was got, or says what is wrong with it.
      expect((error as Error).message, why).toMatch(/\w+ .*(:|\.)/);
    }
    expect(readdirSync(unusable.folder).filter((name) => name.endsWith(".new"))).toEqual([]);
    expect(readFileSync(`${root}/fleet.schema.json`, "utf8")).toBe(before);
  },
);
