import { InvalidArgumentError } from "commander";

/** Linux' longest path, bytes. */
const LONGEST = 4_096;

/** Takes the path of an option as it is, if it can be one. For commander: throws `InvalidArgumentError`. */
export function parsePath(text: string): string {
  // An empty one, from a variable that is not set, would mean the present folder.
  if (text === "") throw new InvalidArgumentError("It is empty: name a file or folder.");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(text))
    throw new InvalidArgumentError("It has a line break or another control character in it: name another.");
  if (Buffer.byteLength(text) >= LONGEST) throw new InvalidArgumentError("It is too long: name a shorter one.");
  return text;
}
