import type { z } from "zod";
import { type FleetConfig, fleetSchema } from "./schema.ts";

/** One fault of a `fleet.yaml`: where it is, what was got, what to write instead. */
export interface Fault {
  /** Such as `services.service-a.replicas.max`; empty for the whole document. */
  readonly path: string;
  readonly message: string;
}

export type ParseResult =
  | { readonly ok: true; readonly config: FleetConfig }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Checks a decoded `fleet.yaml`, fills in defaults and reports all faults at once. Never throws. */
export function parseFleetConfig(document: unknown): ParseResult {
  const result = fleetSchema.safeParse(document, { reportInput: true });
  if (result.success) return { ok: true, config: result.data };
  return { ok: false, faults: result.error.issues.flatMap(faultsOf) };
}

function faultsOf(issue: z.core.$ZodIssue): Fault[] {
  const path = issue.path.map(named);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: [...path, named(key)].join("."),
      message: "unknown key: remove it, or check its spelling",
    }));
  }
  return [{ path: path.join("."), message: `${messageOf(issue)} (got ${shown(inputOf(issue))})` }];
}

/** A refinement of a whole section blames something in it: what is there is what was got. */
function inputOf(issue: z.core.$ZodIssue): unknown {
  const { input, path } = issue;
  if (issue.code !== "custom" || typeof input !== "object" || input === null) return input;
  // The path begins at the document, the section somewhere below: its own part is the longest end that leads anywhere.
  for (let start = 0; start < path.length; start += 1) {
    const found = follow(input, path.slice(start));
    if (found) return found.value;
  }
  return input;
}

function follow(input: unknown, path: readonly PropertyKey[]): { readonly value: unknown } | undefined {
  let value = input;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return { value };
}

function shown(input: unknown): string {
  if (input === undefined) return "nothing";
  return shortened(plain(jsonOf(input)), 60);
}

function jsonOf(input: unknown): string {
  // JSON has no NaN and no infinities.
  if (typeof input === "number") return String(input);
  try {
    return JSON.stringify(input) ?? String(input);
  } catch {
    return "something that contains itself";
  }
}

/** A key as a part of a path: one short line, whatever is in it. */
function named(key: PropertyKey): string {
  const text = String(key);
  return text === "" ? '""' : shortened(plain(text), 100);
}

/** Signs that a terminal would obey and not show are written as what they are. */
function plain(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (sign) => `\\u{${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}}`,
  );
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 3).replace(/[\uD800-\uDBFF]$/, "")}...` : text;
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_key") return `not a valid name: ${issue.issues.map((inner) => inner.message).join("; ")}`;
  if (issue.code === "invalid_type")
    return `${issue.input === undefined ? "missing: " : ""}write ${kindOf(issue.expected)}`;
  if (issue.code === "too_small" && issue.origin !== "array")
    return `write ${issue.inclusive ? "at least" : "more than"} ${issue.minimum}`;
  if (issue.code === "too_big" && issue.origin !== "array") return `write at most ${issue.maximum}`;
  return issue.message;
}

function kindOf(expected: string): string {
  if (expected === "int") return "a whole number";
  if (expected === "object" || expected === "record") return "a mapping of keys and values";
  if (expected === "array") return "a list";
  return expected === "string" ? "a text" : `a ${expected}`;
}
