import { readFleetText } from "@compose-fleet/fleet";
import { CliError } from "@compose-fleet/process";
import { isMap, isScalar, parseDocument, type YAMLMap } from "yaml";

/**
 * The text of a fleet file with this capacity (requests per second) of a service, and everything else as it was: comments, order and spaces. Throws
 * `CliError` where the text has no such service, or is written in a way that cannot be changed in one place.
 */
export function withCapacity(text: string, service: string, requestsPerSecond: number): string {
  const changed = changedText(text, service, requestsPerSecond);
  const before = readFleetText(text);
  const after = changed === undefined ? before : readFleetText(changed);
  // The one thing that may differ is the figure: an anchor, for example, that several services share would change them all.
  if (
    changed === undefined ||
    !before.ok ||
    !after.ok ||
    !isSame(before.document, after.document, service, requestsPerSecond)
  )
    throw new CliError(
      `The figure cannot be written for you, as ${service} is not written out in the file. Write it yourself: capacity: { requestsPerSecond: ${requestsPerSecond} }`,
    );
  return changed;
}

function changedText(text: string, service: string, requestsPerSecond: number): string | undefined {
  const entry = parseDocument(text).getIn(["services", service], true);
  if (!isMap(entry) || entry.range == null) return undefined;
  const figure = entry.getIn(["capacity", "requestsPerSecond"], true);
  if (isScalar(figure) && figure.range != null)
    return splice(text, figure.range[0], figure.range[1], String(requestsPerSecond));
  const line = `capacity: { requestsPerSecond: ${requestsPerSecond} }`;
  return entry.has("capacity") ? undefined : withKey(text, entry, line);
}

/** Adds a key to a mapping: at the end of one in braces, else as a line of its own before the mapping's first. */
function withKey(text: string, entry: YAMLMap, line: string): string | undefined {
  const [first] = entry.items;
  const start = isScalar(first?.key) ? first.key.range?.[0] : undefined;
  if (entry.range == null || start === undefined) return undefined;
  if (entry.flow !== true) {
    const indent = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
    return /^ *$/.test(indent) ? splice(text, start, start, `${line}\n${indent}`) : undefined;
  }
  return splice(text, start, start, `${line}, `);
}

function splice(text: string, from: number, to: number, inserted: string): string {
  return `${text.slice(0, from)}${inserted}${text.slice(to)}`;
}

/** Whether nothing but the figure of this service differs. */
function isSame(before: unknown, after: unknown, service: string, requestsPerSecond: number): boolean {
  // As text, in which nothing is shared: an alias would change with what it names.
  const wanted = JSON.parse(JSON.stringify(before)) as { services: Record<string, Record<string, unknown>> };
  const entry = wanted.services[service];
  if (entry === undefined) return false;
  entry.capacity = { requestsPerSecond };
  return canonical(wanted) === canonical(after);
}

/** As text in which the order of keys does not count. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
