import { join, resolve } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { createFakeRunner } from "../../../process/test/fake-runner.ts";
import type { CliContext } from "../run/context.ts";
import { validateCommand } from "./validate.ts";

const root = resolve(import.meta.dirname, "../../..");
const demo = join(root, "fleet.demo.yaml");
const chaos = join(root, "fleet.chaos.yaml");
let printed: string[];
beforeEach(() => {
  printed = [];
});

async function validate(...args: string[]): Promise<void> {
  const machine = { runner: createFakeRunner([]) };
  const context = { root, machine, print: (line: string) => void printed.push(line) } as unknown as CliContext;
  await validateCommand(context).parseAsync(args, { from: "user" });
}

test.each([
  ["as its argument", [demo]],
  ["by --fleet, as every command takes it", ["--fleet", demo]],
])("the file is named %s", async (_way, args) => {
  await validate(...args);
  expect(printed).toEqual([
    expect.stringContaining("WARNING: docker is not installed"),
    expect.stringContaining(`${demo}: valid as far as that goes.`),
  ]);
});

test("two files are one too many", async () => {
  await expect(validate(chaos, "--fleet", demo)).rejects.toThrow(`Got ${chaos} and --fleet ${demo}: name one`);
  expect(printed).toEqual([]);
});
