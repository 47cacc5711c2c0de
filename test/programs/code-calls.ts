import path from "node:path";
import { parseSync } from "oxc-parser";

/** Functions of Node and of execa that run a program, which their first argument names. */
const RUNNERS = ["execa", "execaSync", "execFile", "execFileSync", "execSync", "spawn", "spawnSync"];

/** A program that a file runs, and the script where that program is a shell. */
export interface CodeCall {
  readonly file: string;
  readonly program: string;
  readonly script?: string;
}

/** A node of the syntax tree, with the members that are looked at here. */
type Node = { readonly type: string } & { readonly [member in Member]?: unknown };
type Member =
  | "arguments"
  | "callee"
  | "expression"
  | "id"
  | "imported"
  | "init"
  | "key"
  | "left"
  | "local"
  | "name"
  | "params"
  | "properties"
  | "property"
  | "quasis"
  | "source"
  | "specifiers"
  | "value";

/** A node, and where it stands. */
interface Place {
  readonly node: Node;
  readonly above: Place | undefined;
}

interface Source {
  readonly path: string;
  /** Where a program may be named: calls, commands as data, and variables. All that is looked at, many times, once it is found. */
  readonly places: readonly Place[];
  /** Constants whose value is text, by name. */
  readonly texts: ReadonlyMap<string, string>;
  /** What a name that is imported from another file of ours is there: "path#name". */
  readonly imported: ReadonlyMap<string, string>;
}

/**
 * The programs that TypeScript and JavaScript files run: by Node's functions, by functions of ours that hand their first argument on to those, and by
 * commands as data (`{ file, args }`). `files` are path and text. What is named only at run time is left out.
 */
export function codeCalls(files: ReadonlyMap<string, string>): CodeCall[] {
  const sources = [...files].map(([file, text]) => read(file, text, files));
  const wrappers = new Set<string>();
  for (let before = -1; before !== wrappers.size; ) {
    before = wrappers.size;
    for (const source of sources) findWrappers(source, wrappers);
  }
  return sources.flatMap((source) => callsOf(source, wrappers));
}

function read(file: string, text: string, files: ReadonlyMap<string, string>): Source {
  const { program } = parseSync(file, text);
  const ast = program as unknown as Node;
  const texts = new Map<string, string>();
  const imported = new Map<string, string>();
  const places: Place[] = [];
  visit(ast, undefined, (place) => {
    const { node } = place;
    if (["CallExpression", "ObjectExpression", "VariableDeclarator"].includes(node.type)) places.push(place);
    if (node.type === "VariableDeclarator") {
      const value = literal(node.init, texts);
      if (value !== undefined) texts.set(nameOf(node.id), value);
    }
    if (node.type !== "ImportDeclaration") return;
    const from = literal(node.source, texts) ?? "";
    const target = from.startsWith(".") ? path.posix.join(path.posix.dirname(file), from) : from;
    for (const specifier of list(node.specifiers))
      imported.set(
        nameOf(specifier.local),
        files.has(target)
          ? `${target}#${nameOf(specifier.imported ?? specifier.local)}`
          : nameOf(specifier.imported ?? specifier.local),
      );
  });
  return { path: file, places, texts, imported };
}

/** Whether a call runs the program that its first argument names. */
function runs(source: Source, callee: unknown, wrappers: ReadonlySet<string>): boolean {
  const name = nameOf(callee);
  const known = source.imported.get(name);
  if (known === undefined) return wrappers.has(`${source.path}#${name}`);
  return RUNNERS.includes(known) || wrappers.has(known);
}

function findWrappers(source: Source, wrappers: Set<string>): void {
  for (const place of source.places) {
    const { node } = place;
    // const call = promisify(execFile)
    if (node.type === "VariableDeclarator") {
      const init = node.init as Node | null;
      const [inner] = init?.type === "CallExpression" ? list(init.arguments) : [];
      if (inner?.type === "Identifier" && runs(source, inner, wrappers))
        wrappers.add(`${source.path}#${nameOf(node.id)}`);
    }
    const handed = handedOn(source, node, wrappers);
    if (handed === undefined) continue;
    for (let up = place.above; up !== undefined; up = up.above) {
      if (!/Function/.test(up.node.type) || nameOf(list(up.node.params)[0]) !== handed) continue;
      const name = nameOf(up.node.id ?? up.above?.node.id);
      if (name !== "") wrappers.add(`${source.path}#${name}`);
    }
  }
}

/** The name of the variable that a node takes for a program, if it does. */
function handedOn(source: Source, node: Node, wrappers: ReadonlySet<string>): string | undefined {
  const program = programNode(source, node, wrappers);
  return program?.type === "Identifier" ? nameOf(program) : undefined;
}

/** The part of a call, or of a command as data, that names the program. */
function programNode(source: Source, node: Node, wrappers: ReadonlySet<string>): Node | undefined {
  if (node.type === "CallExpression" && runs(source, node.callee, wrappers)) return list(node.arguments)[0];
  if (node.type !== "ObjectExpression") return undefined;
  const value = (key: string) => list(node.properties).find((property) => nameOf(property.key) === key)?.value;
  return value("args") === undefined ? undefined : (value("file") as Node | undefined);
}

function callsOf(source: Source, wrappers: ReadonlySet<string>): CodeCall[] {
  const calls: CodeCall[] = [];
  for (const { node } of source.places) {
    const named = programNode(source, node, wrappers);
    if (named === undefined) continue;
    const program = nameOf(named.property) === "execPath" ? "node" : literal(named, source.texts);
    if (program === undefined || program.includes("/")) continue;
    const script = /^(ba)?sh$/.test(program) ? scriptIn(node, source.texts) : undefined;
    calls.push({ file: source.path, program, ...(script === undefined ? {} : { script }) });
  }
  return calls;
}

/** The text after `-c`, wherever it stands among a call's arguments; undefined when it is not written down there. */
function scriptIn(node: Node, texts: ReadonlyMap<string, string>): string | undefined {
  let script: string | undefined;
  visit(node, undefined, ({ node: each }) => {
    const row = list("elements" in each ? each.elements : each.arguments);
    const flag = row.findIndex((one) => /^-\w*c$/.test(literal(one, texts) ?? ""));
    if (flag !== -1) script ??= literal(row[flag + 1], texts);
  });
  return script;
}

/** The value of a text, of a template (what is filled in reads `x`) or of a constant that is one. */
function literal(node: unknown, texts: ReadonlyMap<string, string>): string | undefined {
  const each = node as Node | null | undefined;
  if (each?.type === "Literal" && typeof each.value === "string") return each.value;
  if (each?.type === "Identifier") return texts.get(nameOf(each));
  if (each?.type === "TSAsExpression") return literal(each.expression, texts);
  if (each?.type !== "TemplateLiteral") return undefined;
  return list(each.quasis)
    .map((quasi) => (quasi.value as { cooked?: string }).cooked ?? "")
    .join("x");
}

function nameOf(node: unknown): string {
  const each = node as Node | null | undefined;
  if (each?.type === "AssignmentPattern") return nameOf(each.left);
  return each?.type === "Identifier" ? String(each.name) : "";
}

function list(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter((one): one is Node => typeof one === "object" && one !== null) : [];
}

function visit(node: unknown, above: Place | undefined, each: (place: Place) => void): void {
  if (Array.isArray(node)) for (const one of node) visit(one, above, each);
  else if (typeof node === "object" && node !== null && !(node instanceof RegExp)) {
    const place = "type" in node && typeof node.type === "string" ? { node: node as Node, above } : above;
    if (place !== undefined && place !== above) each(place);
    for (const child of Object.values(node)) visit(child, place, each);
  }
}
