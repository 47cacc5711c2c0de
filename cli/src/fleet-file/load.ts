import { type FileHandle, open } from "node:fs/promises";
import { type Fault, type FleetConfig, parseFleetConfig } from "@compose-fleet/policy";
import { isMap, parseDocument, type YAMLParseError } from "yaml";

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

  constructor(file: string, faults: readonly Fault[]) {
    super(
      [`${file}:`, ...faults.map(({ path, message }) => `  ${path === "" ? "" : `${path}: `}${message}`)].join("\n"),
    );
    this.file = file;
    this.faults = faults;
  }
}

/** Reads and checks a fleet file. Rejects with `FleetFileError`, and with nothing else. */
export async function loadFleetFile(path: string): Promise<FleetConfig> {
  const refuse = (message: string): FleetFileError => new FleetFileError(path, [{ path: "", message }]);
  const text = await readText(path, refuse);
  const document = parseDocument(text, { prettyErrors: true });
  if (document.errors.length > 0) throw new FleetFileError(path, syntaxFaults(document.errors));
  if (!isMap(document.contents)) throw refuse("is not a mapping: write keys and values, beginning with name:");
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    throw refuse(`cannot be read: ${error instanceof Error ? firstLine(error.message) : "too many aliases"}`);
  }
  const parsed = parseFleetConfig(content);
  if (!parsed.ok) throw new FleetFileError(path, parsed.faults);
  return parsed.config;
}

async function readText(path: string, refuse: (message: string) => FleetFileError): Promise<string> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, "r");
    const stat = await file.stat();
    if (!stat.isFile()) throw refuse("is not a file: give the path of a fleet.yaml");
    if (stat.size > MAX_BYTES) throw refuse(`is ${stat.size} bytes: a fleet file has at most ${MAX_BYTES}`);
    return new TextDecoder("utf-8", { fatal: true }).decode(await file.readFile());
  } catch (error) {
    if (error instanceof FleetFileError) throw error;
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") throw refuse("is not there: give the path of a fleet.yaml");
    if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") throw refuse("is not UTF-8 text: save it as UTF-8");
    throw refuse(`cannot be read (${String(code ?? error)}): check its permissions`);
  } finally {
    await file?.close();
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
