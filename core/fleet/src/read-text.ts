import { isMap, parseDocument, type YAMLParseError } from "yaml";
import { type Fault, type ParseResult, parseFleetConfig } from "./parse.ts";

/** What a fleet file says before it is checked: keys and values. */
export type FleetDocument = Readonly<Record<string, unknown>>;

/** Aliases may multiply the content: a few are useful, many are an attack or a mistake. */
const MAX_ALIASES = 100;

/** Where the parser's own words are for programmers. */
const SYNTAX_SENTENCES: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: "a second document begins here: write one, without ---",
  RESOURCE_EXHAUSTION: "nests too deep: no fleet file does",
};

/** Reads the text of a fleet file without checking what it says. Never throws; a fault's path is the line. */
export function readFleetText(
  text: string,
): { readonly ok: true; readonly document: FleetDocument } | { readonly ok: false; readonly faults: readonly Fault[] } {
  const refuse = (message: string) => ({ ok: false, faults: [{ path: "", message }] }) as const;
  const document = parseDocument(text, { prettyErrors: true });
  if (document.errors.length > 0) return { ok: false, faults: syntaxFaults(document.errors) };
  if (!isMap(document.contents)) return refuse("is not a mapping: write keys and values, beginning with name:");
  try {
    return { ok: true, document: document.toJS({ maxAliasCount: MAX_ALIASES }) };
  } catch (error) {
    return refuse(`cannot be read: ${error instanceof Error ? firstLine(error.message) : "too many aliases"}`);
  }
}

/** Reads and checks the text of a fleet file, and reports all faults at once. Never throws. */
export function parseFleetText(text: string): ParseResult {
  const reading = readFleetText(text);
  return reading.ok ? parseFleetConfig(reading.document) : reading;
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
