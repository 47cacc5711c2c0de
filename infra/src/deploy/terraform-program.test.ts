import { expect, test } from "vitest";
import { type CommandResult, runCommand } from "../terraform/run-command.ts";
import { terraformFault } from "./terraform-program.ts";

const says = (result: Partial<CommandResult>) => async () => ({ exitCode: 0, stdout: "", stderr: "", ...result });
const version = (text: string) => says({ stdout: JSON.stringify({ terraform_version: text, platform: "x" }) });

test.each([
  ["1.10 is enough", version("1.10.0"), undefined],
  ["so is a later one", version("1.14.2"), undefined],
  ["and the next major one", version("2.0.0"), undefined],
  ["1.9 cannot lock", version("1.9.8"), "Terraform 1.9.8 is too old to lock its state in S3. Install Terraform 1.10"],
  ["nor can 0.15", version("0.15.5"), "Terraform 0.15.5 is too old"],
  [
    "a broken one is named by its words",
    says({ exitCode: 1, stderr: "cannot execute binary file\n" }),
    "terraform version failed (exit code 1): cannot execute binary file",
  ],
  ["so is one that says something else", says({ stdout: "hello" }), "terraform version failed (exit code 0): hello"],
])("%s", async (_rule, run, sentence) => {
  const fault = await terraformFault(run, {});
  if (sentence === undefined) expect(fault).toBeUndefined();
  else expect(fault).toContain(sentence);
});

test("without the program that is said", async () => {
  expect(await terraformFault(runCommand, { PATH: "/nowhere" })).toMatch(
    /^terraform is not on this machine's PATH\. Install Terraform 1\.10 or newer/,
  );
});
