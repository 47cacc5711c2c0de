import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { type Fault, type FleetConfig, parseFleetConfig } from "@compose-fleet/fleet";
import { exitCodes } from "@compose-fleet/process";
import { isMap, parseDocument, type YAMLParseError } from "yaml";
import { reasonOf, shown } from "../paths/path-error.ts";

/** Far above any real fleet; a larger file is some other file. */
const MAX_BYTES = 1024 * 1024;

/** Aliases may multiply the content: a few are useful, many are an attack or a mistake. */
const MAX_ALIASES = 100;

/** Where the parser's own words are for programmers. */
const SYNTAX_SENTENCES: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: "a second document begins here: write one, without ---",
  RESOURCE_EXHAUSTION: "nests too deep: no fleet file does",
};

/** A `fleet.yaml` that cannot be used: every fault at once. */
export class FleetFileError extends Error {
  override readonly name = "FleetFileError";
  readonly file: string;
  readonly faults: readonly Fault[];
  /** 2 where there is no such file to read, 1 where faults are in it. */
  readonly exitCode: number;

  constructor(file: string, faults: readonly Fault[], exitCode: number = exitCodes.failed) {
    super(
      [`${shown(file)}:`, ...faults.map(({ path, message }) => `  ${path === "" ? "" : `${path}: `}${message}`)].join(
        "\n",
      ),
    );
    this.file = file;
    this.faults = faults;
    this.exitCode = exitCode;
  }
}

/** What a fleet file says before it is checked: keys and values. */
export type FleetDocument = Readonly<Record<string, unknown>>;

/** Reads and checks a fleet file. Rejects with `FleetFileError`, and with nothing else. */
export async function loadFleetFile(path: string): Promise<FleetConfig> {
  return checkFleetDocument(path, await readFleetDocument(path));
}

/** Checks what a fleet file says. Throws `FleetFileError` with every fault. */
export function checkFleetDocument(path: string, document: FleetDocument): FleetConfig {
  const parsed = parseFleetConfig(document);
  if (!parsed.ok) throw new FleetFileError(path, parsed.faults);
  return parsed.config;
}

/** Reads a fleet file without checking what it says. Rejects with `FleetFileError`, and with nothing else. */
export async function readFleetDocument(path: string): Promise<FleetDocument> {
  const refuse = (message: string): FleetFileError => new FleetFileError(path, [{ path: "", message }]);
  const text = await readText(path);
  const document = parseDocument(text, { prettyErrors: true });
  if (document.errors.length > 0) throw new FleetFileError(path, syntaxFaults(document.errors));
  if (!isMap(document.contents)) throw refuse("is not a mapping: write keys and values, beginning with name:");
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    throw refuse(`cannot be read: ${error instanceof Error ? firstLine(error.message) : "too many aliases"}`);
  }
}

async function readText(path: string): Promise<string> {
  const refuse = (message: string) => new FleetFileError(path, [{ path: "", message }], exitCodes.usage);
  let file: FileHandle | undefined;
  try {
    // A pipe that nobody writes to would hold an ordinary open for ever.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await file.stat();
    if (!stat.isFile()) throw refuse("is not a file: give the path of a fleet.yaml");
    if (stat.size > MAX_BYTES) throw refuse(`is ${stat.size} bytes: a fleet file has at most ${MAX_BYTES}`);
    const bytes = await readAtMost(file, MAX_BYTES + 1);
    if (bytes.length > MAX_BYTES) throw refuse(`is longer than ${MAX_BYTES} bytes: a fleet file is not`);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof FleetFileError) throw error;
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") throw refuse("is not there: give the path of a fleet.yaml");
    if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") throw refuse("is not UTF-8 text: save it as UTF-8");
    throw refuse(`cannot be read: ${reasonOf(error)}`);
  } finally {
    await file?.close();
  }
}

/** The file's beginning. Some files of the kernel have no size and no end. */
async function readAtMost(file: FileHandle, limit: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(limit);
  let length = 0;
  for (;;) {
    const { bytesRead } = await file.read(bytes, length, limit - length);
    length += bytesRead;
    if (bytesRead === 0 || length === limit) return bytes.subarray(0, length);
  }
}

/** What the parser found, each once and in words that a reader of the file understands. */
function syntaxFaults(errors: readonly YAMLParseError[]): Fault[] {
  const faults = errors.map(({ code, message, linePos }) => ({
    path: `line ${linePos?.[0].line ?? 1}`,
    message: SYNTAX_SENTENCES[code] ?? firstLine(message).replace(/ at line \d+, column \d+$/, ""),
  }));
  return [...new Map(faults.map((fault) => [`${fault.path}: ${fault.message}`, fault])).values()];
}

function firstLine(text: string): string {
  return (text.split("\n")[0] ?? text).replace(/:$/, "");
}
