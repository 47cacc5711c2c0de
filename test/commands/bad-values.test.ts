import { type Command, CommanderError } from "commander";
import { expect, test } from "vitest";
import { programUnderTest } from "./program-under-test.ts";

function commandsOf(command: Command, words: readonly string[] = []): (readonly [readonly string[], Command])[] {
  return [
    ...(words.length === 0 ? [] : [[words, command] as const]),
    ...command.commands.flatMap((child) => commandsOf(child, [...words, child.name()])),
  ];
}

const commands = commandsOf(programUnderTest());

/** What parsing these words ends with; commander's refusals become exit code 2 in main.ts. */
async function refusalOf(words: readonly string[]): Promise<unknown> {
  const error: unknown = await programUnderTest()
    .parseAsync([...words], { from: "user" })
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  expect(error, words.join(" ")).toBeInstanceOf(CommanderError);
  return error;
}

const numbers = commands.flatMap(([words, { options }]) =>
  options
    .filter(({ flags }) => /<(seconds|duration|rps|port|count)>/.test(flags))
    .map(({ long }) => [words.join(" "), long ?? "", words] as const),
);

test("options that take a number are found", () => {
  expect(numbers.map(([call, flag]) => `${call} ${flag}`)).toEqual(
    expect.arrayContaining(["demo --rate", "local up --lb-port", "local load --for", "scaletest --for"]),
  );
});

const noNumbers = [
  "",
  " ",
  "-1",
  "NaN",
  "Infinity",
  "1e999",
  "0x10",
  " 5",
  "5 ",
  "1,5",
  "١",
  "☃",
  "9".repeat(40),
  "1;2",
  "true",
  "null",
];

test.each(numbers)("fleet %s %s takes numbers only", async (_call, flag, words) => {
  for (const text of noNumbers) await refusalOf([...words, `${flag}=${text}`]);
});

test.each(commands.map(([words, command]) => [words.join(" "), words, command] as const))(
  "fleet %s refuses what it does not know, and a value that is given twice",
  async (_call, words, { options, commands: children, registeredArguments }) => {
    await refusalOf([...words, "--nonsense"]);
    // `fleet exec` takes as many words as a command has.
    if (!registeredArguments.some(({ variadic }) => variadic)) await refusalOf([...words, "a", "b", "c", "d"]);
    if (children.length > 0) await refusalOf([...words, "nonsense"]);
    const twice = options.find(({ flags }) => flags.includes("--fleet <file>"));
    if (twice !== undefined)
      expect(await refusalOf([...words, "--fleet", "a", "--fleet", "b"])).toHaveProperty(
        "message",
        expect.stringContaining("twice"),
      );
    for (const { long, required } of options) if (required) await refusalOf([...words, long ?? ""]);
  },
);
