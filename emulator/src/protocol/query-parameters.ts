import { z } from "zod";

/** A decoded query parameter: text, a list or a structure. */
export type QueryValue = string | QueryValue[] | { [name: string]: QueryValue };

type Tree = { [name: string]: Tree | string };

/** Turns `Names.member.1=a&Filter.1.Value.2=b` into structures and lists. Numbers become list positions; gaps close up. */
export function parseQueryParameters(body: string): Record<string, QueryValue> {
  const root: Tree = Object.create(null);
  for (const [key, value] of new URLSearchParams(body)) insert(root, key.split("."), value);
  const decoded = toValue(root);
  return typeof decoded === "object" && !Array.isArray(decoded) ? decoded : {};
}

function insert(root: Tree, path: readonly string[], value: string): void {
  let node = root;
  for (const part of path.slice(0, -1)) {
    const child = node[part];
    if (typeof child === "object") node = child;
    else {
      const fresh: Tree = Object.create(null);
      node[part] = fresh;
      node = fresh;
    }
  }
  const last = path.at(-1);
  if (last !== undefined) node[last] = value;
}

function toValue(node: Tree | string): QueryValue {
  if (typeof node === "string") return node;
  const keys = Object.keys(node);
  const only = node.member;
  if (keys.length === 1 && typeof only === "object") return toValue(only);
  if (keys.length > 0 && keys.every((key) => /^\d+$/.test(key)))
    return keys.sort((left, right) => Number(left) - Number(right)).map((key) => toValue(node[key] ?? ""));
  return Object.fromEntries(keys.map((key) => [key, toValue(node[key] ?? "")]));
}

/** A boolean of the query protocol. */
export const queryBoolean = z.enum(["true", "false"]).transform((text) => text === "true");

/** A whole number of the query protocol. */
export const queryInteger = z
  .string()
  .regex(/^-?\d{1,9}$/, "write a whole number")
  .transform(Number);
