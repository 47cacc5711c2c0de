import type { RecordedDecision } from "@compose-fleet/wh-api";

const columns: readonly (readonly [title: string, of: (decision: RecordedDecision) => string | number | undefined])[] =
  [
    ["time", ({ atMs }) => new Date(atMs).toISOString()],
    ["target", ({ target }) => target],
    ["kind", ({ kind }) => kind],
    ["from", ({ from }) => from],
    ["to", ({ to }) => to],
    ["worker", ({ worker }) => worker],
    ["service", ({ service }) => service],
    ["code", ({ reason }) => reason.code],
    ["outcome", ({ outcome }) => outcome?.status],
    ["problem", ({ outcome }) => outcome?.reason],
    ["text", ({ text }) => text],
    ["id", ({ id }) => id],
  ];

/** The first line of the table. */
export const csvHead = columns.map(([title]) => title).join(",");

/** A decision as a line of CSV (RFC 4180), without its end. */
export function csvLine(decision: RecordedDecision): string {
  return columns.map(([, of]) => csvCell(of(decision))).join(",");
}

function csvCell(value: string | number | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "number") return String(value);
  // A spreadsheet would calculate what begins like a formula: texts come from AWS and from scripts.
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
