/** What lies at a path that a compose file names, seen from the stack as a worker gets it. */
export type PathKind =
  | "file"
  | "folder"
  | "missing"
  /** In the repository or beside it, but not in the stack's folder: a worker does not get it. */
  | "outside"
  /** A path of the machine itself. */
  | "machine";

/** What a rule may look at besides the value. */
export interface RuleContext {
  readonly service: string;
  /** Names that other containers answer to in the network of the services. */
  readonly taken: readonly string[];
  /** Whether fleet.yaml gives the service a way outside. */
  readonly internet: boolean;
  readonly look: (path: string) => PathKind;
  /** The whole entry of the service, or the whole file. */
  readonly whole: Readonly<Record<string, unknown>>;
}

/**
 * What the fleet makes of one key of the compose specification. `says` is a cell of the table in docs/services.md and the end of the sentence a person reads:
 * works: what to know; told: the same, and it is said each time; refused: what to write instead; ignored: why, and it is said each time.
 */
export interface KeyRule {
  readonly key: string;
  readonly verdict: "works" | "told" | "refused" | "ignored";
  readonly says: string;
  /** For values of a key that works in general: what to write instead of this one; undefined where it is fine. */
  readonly refuses?: (value: unknown, context: RuleContext) => string | undefined;
}

/** Shorthand for the rules of a list. */
export const works = (key: string, says = "", refuses?: KeyRule["refuses"]): KeyRule => ({
  key,
  verdict: "works",
  says,
  ...(refuses === undefined ? {} : { refuses }),
});
export const told = (key: string, says: string): KeyRule => ({ key, verdict: "told", says });
export const refused = (key: string, says: string): KeyRule => ({ key, verdict: "refused", says });
export const ignored = (key: string, says: string): KeyRule => ({ key, verdict: "ignored", says });

/** A mapping, or undefined for anything else. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

/** The mappings of a list; nothing for anything else. */
export function recordsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.map(asRecord).filter((each) => each !== undefined);
}
