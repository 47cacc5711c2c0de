import { CliError, exitCodes } from "@compose-fleet/process";

/** What Parameter Store's standard tier takes. */
const MAX_BYTES = 4096;

/** The secret in what was typed or piped, without the line end that echo adds. Throws `CliError` that never shows the value. */
export function secretValue(input: string): string {
  const value = input.replace(/\r?\n$/, "");
  const refuse = (fault: string) => new CliError(`${fault} Nothing was changed.`, exitCodes.usage);
  if (value === "") throw refuse("Got no value: type it at the prompt, or pipe it in.");
  const bytes = Buffer.byteLength(value);
  if (bytes > MAX_BYTES) throw refuse(`Got ${bytes} bytes: a secret has at most ${MAX_BYTES}.`);
  // Secrets reach the services through an environment file, which cannot carry these.
  if (/[\r\n\0]/.test(value))
    throw refuse("Got a value with a line break: write it in one line, for example as base64.");
  if (value.endsWith("\\")) throw refuse("Got a value that ends in a backslash: an environment file cannot carry it.");
  return value;
}

/** 256 random bits as text that is safe in a header, a URL and an environment file. */
export function generateSecret(randomBytes: (count: number) => Buffer): string {
  return randomBytes(32).toString("base64url");
}
