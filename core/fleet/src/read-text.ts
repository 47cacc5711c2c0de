import { type Document, isMap, isScalar, parseDocument, visit, type YAMLError } from "yaml";
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
  const document = parseDocument(text, { prettyErrors: true, logLevel: "error" });
  // What the parser only warns of, a tag that it does not know for example, it reads as something else than was written.
  const problems = [...document.errors, ...document.warnings];
  if (problems.length > 0) return { ok: false, faults: syntaxFaults(problems) };
  if (document.directives.yaml.version === "1.1")
    return refuse("says %YAML 1.1, by which yes and no are true and false: remove that line");
  if (!isMap(document.contents)) return refuse("is not a mapping: write keys and values, beginning with name:");
  if (namesPrototype(document)) return refuse("has a key __proto__: remove it, or give it another name");
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

/** A key that checks lose without a word, a service of that name for example. */
function namesPrototype(document: Document.Parsed): boolean {
  let isThere = false;
  visit(document, {
    Pair: (_key, { key }) => {
      isThere ||= isScalar(key) && key.value === "__proto__";
    },
  });
  return isThere;
}

/** What the parser found, each once and in words that a reader of the file understands. */
function syntaxFaults(errors: readonly YAMLError[]): Fault[] {
  const faults = errors.map(({ code, message, linePos }) => ({
    path: `line ${linePos?.[0].line ?? 1}`,
    message: SYNTAX_SENTENCES[code] ?? firstLine(message).replace(/ at line \d+, column \d+$/, ""),
  }));
  return [...new Map(faults.map((fault) => [`${fault.path}: ${fault.message}`, fault])).values()];
}

function firstLine(text: string): string {
  return (text.split("\n")[0] ?? text).replace(/:$/, "");
}
