import { firstOf, wellFormed } from "../text/code-points.ts";

/** DynamoDB takes 38 digits, the SDK no number past the safe integers. */
const LARGEST = Number.MAX_SAFE_INTEGER;
/** DynamoDB has none that is smaller. */
const SMALLEST = 1e-130;
/** UTF-16 code units of a text, of a key; items of a list or an object. Together far below DynamoDB's 400 KB an item. */
const TEXT_LIMIT = 1_000;
const KEY_LIMIT = 100;
const ITEMS_LIMIT = 100;
const DEPTH_LIMIT = 8;

/**
 * The value as DynamoDB takes it: numbers too large (also infinite ones) are the largest ones, NaN is its name,
 * half characters are replaced, and what is too long is cut. What it takes already stays as it is.
 */
export function storable(value: unknown, depth = 0): unknown {
  if (typeof value === "number") return storableNumber(value);
  if (typeof value === "string") return firstOf(wellFormed(value), TEXT_LIMIT);
  if (typeof value === "bigint") return storableNumber(Number(value));
  if (typeof value !== "object" || value === null)
    return typeof value === "boolean" || value === null ? value : undefined;
  if (depth >= DEPTH_LIMIT) return null;
  if (Array.isArray(value)) return value.slice(0, ITEMS_LIMIT).map((item) => storable(item, depth + 1) ?? null);
  const entries = Object.entries(value).slice(0, ITEMS_LIMIT);
  return Object.fromEntries(
    entries.map(([key, item]) => [firstOf(wellFormed(key), KEY_LIMIT), storable(item, depth + 1)]),
  );
}

function storableNumber(value: number): number | string {
  if (Number.isNaN(value)) return "NaN";
  if (value !== 0 && Math.abs(value) < SMALLEST) return 0;
  return Math.max(-LARGEST, Math.min(LARGEST, value));
}
