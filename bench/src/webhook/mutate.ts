import { ALMOST_TRUE, ODD_VALUES, PROTOTYPE_KEYS, RAW_TOKENS } from "./odd-values.ts";
import type { Random } from "./random.ts";

type Container = Record<string, unknown> | unknown[];

/** Breaks an envelope at one to four places, in its structure. The argument stays as it is. */
export function mutateTree(random: Random, envelope: object): unknown {
  const tree: unknown = structuredClone(envelope);
  for (let rounds = 1 + random.below(4); rounds > 0; rounds--) {
    const places = containersOf(tree);
    if (places.length === 0) break;
    const place = random.pick(places);
    random.pick(TREE_MUTATIONS)(random, place, places);
  }
  return random.chance(1) ? oddValue(random) : tree;
}

type TreeMutation = (random: Random, place: Container, places: readonly Container[]) => void;

const replaceValue: TreeMutation = (random, place) => {
  const key = anyKey(random, place);
  if (key !== undefined) set(place, key, oddValue(random));
};
const removeKey: TreeMutation = (random, place) => {
  const key = anyKey(random, place);
  if (key !== undefined) remove(place, key);
};
const multiply: TreeMutation = (random, place) => {
  if (!Array.isArray(place) || place.length === 0) return;
  const item = random.pick(place);
  // Shared, not copied: written out they are as many texts all the same.
  for (let more = random.below(200); more > 0; more--) place.push(item);
};
const addPrototypeKey: TreeMutation = (random, place) => add(place, random.pick(PROTOTYPE_KEYS), oddValue(random));
const addUnknownKey: TreeMutation = (random, place) => add(place, `future_${random.below(10)}`, oddValue(random));
const moveValue: TreeMutation = (random, place, places) => {
  const from = random.pick(places);
  const key = anyKey(random, from);
  const to = anyKey(random, place);
  if (key !== undefined && to !== undefined) set(place, to, structuredClone(get(from, key)));
};
const almostTest: TreeMutation = (random, place) => {
  if (!Array.isArray(place) && "alertname" in place) place.fleet_test = structuredClone(random.pick(ALMOST_TRUE));
};
const wrongVersion: TreeMutation = (random, _place, places) => {
  const [top] = places;
  if (top && !Array.isArray(top)) top.version = random.pick(["3", "5", 4, "4.0", "", null]);
};

const TREE_MUTATIONS = [
  replaceValue,
  replaceValue,
  replaceValue,
  removeKey,
  multiply,
  addPrototypeKey,
  addUnknownKey,
  moveValue,
  almostTest,
  wrongVersion,
] as const;

/** Breaks JSON text: truncated, numbers that are none, duplicate keys, deep nesting, garbage around it, other encodings. */
export function mutateText(random: Random, text: string): Buffer {
  switch (random.below(9)) {
    case 0:
      return Buffer.from(text.slice(0, random.below(text.length)));
    case 1:
      return Buffer.from(replaceToken(random, text));
    case 2:
      return Buffer.from(
        text.replace(/"(\w+)":/, (whole, key) => `"${key}":${random.pick(RAW_TOKENS.slice(3, 5))},${whole}`),
      );
    case 3: {
      const depth = random.pick([31, 33, 100, 5_000, 100_000]);
      return Buffer.from(
        text.replace(/"annotations":/, `"deep":${"[".repeat(depth)}${"]".repeat(depth)},"annotations":`),
      );
    }
    case 4:
      return Buffer.concat([Buffer.from(text), Buffer.from(random.pick(["}", " ", "\u0000", text, "// end"]))]);
    case 5: {
      const bytes = Buffer.from(text);
      for (let flips = 1 + random.below(5); flips > 0; flips--) bytes[random.below(bytes.length)] = random.below(256);
      return bytes;
    }
    case 6:
      return Buffer.from(text, "utf16le");
    case 7:
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)]);
    default:
      return Buffer.from(random.pick(["", "null", "[]", "{}", '""', "0", '{"alerts":[]}', "[".repeat(1000)]));
  }
}

function replaceToken(random: Random, text: string): string {
  const tokens = [...text.matchAll(/:("[^"\\]*"|-?\d+)/g)];
  if (tokens.length === 0) return text;
  const { index, 1: old = "" } = random.pick(tokens);
  return `${text.slice(0, index + 1)}${random.pick(RAW_TOKENS)}${text.slice(index + 1 + old.length)}`;
}

/** The value's objects and arrays, itself first. */
function containersOf(value: unknown): Container[] {
  if (typeof value !== "object" || value === null) return [];
  return [value as Container, ...Object.values(value).flatMap(containersOf)].slice(0, 500);
}

function anyKey(random: Random, place: Container): string | undefined {
  const keys = Object.keys(place);
  return keys.length > 0 ? random.pick(keys) : undefined;
}

function get(place: Container, key: string): unknown {
  return Object.getOwnPropertyDescriptor(place, key)?.value;
}

/** Defines an own property also for `__proto__`, which an assignment would not. */
function set(place: Container, key: string, value: unknown): void {
  Object.defineProperty(place, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Adds a key. JSON writes only the items of an array, so there it is the key of one more item. */
function add(place: Container, key: string, value: unknown): void {
  const target = Array.isArray(place) ? {} : place;
  set(target, key, value);
  if (Array.isArray(place)) place.push(target);
}

/** Takes the key out; later items of an array move up. No `splice`: that would call what a payload put at `constructor`. */
function remove(place: Container, key: string): void {
  if (!Array.isArray(place) || !/^\d+$/.test(key)) {
    Reflect.deleteProperty(place, key);
    return;
  }
  place.copyWithin(Number(key), Number(key) + 1);
  place.length -= 1;
}

/** A copy: what is put in one payload may be broken further there. */
function oddValue(random: Random): unknown {
  return structuredClone(random.pick(ODD_VALUES));
}
