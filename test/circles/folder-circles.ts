import path from "node:path";
import { parseSync } from "oxc-parser";

/** What each file imports or passes on, as it is written there. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/** Reads files, path and text: what they import, types included. */
export function readImports(files: ReadonlyMap<string, string>): Imports {
  return new Map([...files].map(([file, text]) => [file, importsOf(file, text)]));
}

function importsOf(file: string, text: string): readonly string[] {
  const { staticImports, staticExports } = parseSync(file, text).module;
  return [
    ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...staticExports.flatMap(({ entries }) => entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? [])),
  ];
}

type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** Folder → folders that its files import. `packages` says in which folder the entry of each of our packages lies. */
function folderImports(files: Imports, packages: ReadonlyMap<string, string>): Graph {
  const graph = new Map<string, Set<string>>();
  for (const [file, names] of files) {
    const folder = path.posix.dirname(file);
    const to = graph.get(folder) ?? new Set<string>();
    graph.set(folder, to);
    for (const name of names) {
      const target = name.startsWith(".") ? path.posix.dirname(path.posix.join(folder, name)) : packages.get(name);
      if (target !== undefined && target !== folder) to.add(target);
    }
  }
  return graph;
}

/** Folders that import each other, directly or through others; each circle as its folders, sorted. */
export function folderCircles(
  files: Imports,
  packages: ReadonlyMap<string, string> = new Map(),
): readonly (readonly string[])[] {
  return circlesOf(folderImports(files, packages));
}

/** Files of one part that import each other, directly or through others; each circle as its files, sorted. */
export function fileCircles(files: Imports): readonly (readonly string[])[] {
  const imported = (file: string, names: readonly string[]) =>
    names.filter((name) => name.startsWith(".")).map((name) => path.posix.join(path.posix.dirname(file), name));
  return circlesOf(new Map([...files].map(([file, names]) => [file, new Set(imported(file, names))])));
}

function circlesOf(graph: Graph): readonly (readonly string[])[] {
  const reached = new Map([...graph.keys()].map((node) => [node, reachedFrom(graph, node)]));
  const circles = new Map<string, readonly string[]>();
  for (const node of graph.keys()) {
    const circle = [...(reached.get(node) ?? [])].filter((other) => reached.get(other)?.has(node)).sort();
    if (circle.length > 0) circles.set(circle.join(" "), circle);
  }
  return [...circles.values()];
}

/** All that is imported from a folder or file on, itself where a circle leads back to it. */
function reachedFrom(graph: Graph, start: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const waiting = [...(graph.get(start) ?? [])];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    waiting.push(...(graph.get(node) ?? []));
  }
  return seen;
}
