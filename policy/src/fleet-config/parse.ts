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
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: [...path, key].join("."),
      message: "unknown key: remove it, or check its spelling",
    }));
  }
  const got = issue.input === undefined ? "nothing" : (JSON.stringify(issue.input) ?? String(issue.input));
  const short = got.length > 60 ? `${got.slice(0, 57)}...` : got;
  return [{ path: path.join("."), message: `${messageOf(issue)} (got ${short})` }];
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_key") return `not a valid name: ${issue.issues.map((inner) => inner.message).join("; ")}`;
  if (issue.code === "invalid_type" && issue.input === undefined) return `missing: write a ${issue.expected}`;
  return issue.message;
}
