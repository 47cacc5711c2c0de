import { expect, test } from "vitest";
import type { CliContext } from "../run/context.ts";
import { imageCommand } from "./image.ts";

const run = (...args: string[]) =>
  imageCommand({} as CliContext)
    .exitOverride()
    .parseAsync(args, { from: "user" });

test.each([
  ["two things at once", ["--status", "--prune"], /Got --status and --prune: choose one/],
  ["three", ["--list", "--prune", "--use", "ami-0123456789abcdef0"], /--list and --prune and --use/],
  ["no image's id", ["--use", "web:1"], /Got --use "web:1": an image is called like ami-/],
  ["nothing", ["--use", ""], /Got --use ""/],
])("refused before AWS is asked: %s", async (_what, args, sentence) => {
  await expect(run(...args)).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(sentence) });
});
