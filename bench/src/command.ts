import { parseArgs } from "node:util";
import { parsePath } from "@compose-fleet/cli/options";
import { PathError, type ReportFile, reportFile } from "@compose-fleet/files";
import { CliError, messageOf } from "@compose-fleet/process";

/** Set-up or usage is wrong: exit code 2. */
export class UsageError extends Error {}

/** Reads `--NAME VALUE` options and `--help`; throws a UsageError that names what is not known. */
export function readOptions(
  args: readonly string[],
  names: readonly string[],
): Record<string, string | undefined> & { help?: string } {
  const options = Object.fromEntries([
    ...names.map((name) => [name, { type: "string" as const }]),
    ["help", { type: "boolean", short: "h" }],
  ]);
  try {
    const { values } = parseArgs({ args: [...args], options, strict: true, allowPositionals: false });
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

/** A whole number of at least 1, or `fallback` when the option is not given. */
export function countOption(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`--${name} takes a whole number from 1, got '${text}'`);
  return Number(text);
}

/** Writes one line for people to standard error. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The file of `--json`, looked at before anything starts. Throws `UsageError` and `PathError`. */
export async function jsonFile(path: string | undefined): Promise<ReportFile> {
  try {
    return await reportFile(path === undefined ? path : parsePath(path));
  } catch (error) {
    if (error instanceof PathError) throw error;
    throw new UsageError(`--json: ${messageOf(error)}`);
  }
}

/** Prints figures as JSON, and writes them to the file where one is named. */
export async function report(figures: object, file: ReportFile): Promise<void> {
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
  await file.write(figures);
}

/** Runs a command: 0 when every target was met, 1 when not or when it failed, 2 for wrong usage. */
export async function runCommand(
  usage: string,
  main: (args: readonly string[]) => Promise<readonly string[]>,
): Promise<void> {
  try {
    const args = process.argv.slice(2);
    if (args.includes("--help") || args.includes("-h")) {
      process.stdout.write(usage);
      return;
    }
    const missed = await main(args);
    for (const target of missed) say(`missed: ${target}`);
    process.exitCode = missed.length > 0 ? 1 : 0;
  } catch (error) {
    const isUsage = error instanceof UsageError;
    say(isUsage ? `${error.message}\n\n${usage}` : messageOf(error));
    process.exitCode = isUsage || error instanceof PathError ? 2 : error instanceof CliError ? error.exitCode : 1;
  }
}
