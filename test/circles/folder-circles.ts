import path from "node:path";
import { parseSync } from "oxc-parser";

/** What a file imports or passes on, types included, as it is written. */
function importsOf(file: string, text: string): readonly string[] {
  const { staticImports, staticExports } = parseSync(file, text).module;
  return [
    ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...staticExports.flatMap(({ entries }) => entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? [])),
  ];
}

/** Folder → folders that its files import. `packages` says in which folder the entry of each of our packages lies. */
function folderImports(
  files: ReadonlyMap<string, string>,
  packages: ReadonlyMap<string, string>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const graph = new Map<string, Set<string>>();
  for (const [file, text] of files) {
    const folder = path.posix.dirname(file);
    const to = graph.get(folder) ?? new Set<string>();
    graph.set(folder, to);
    for (const name of importsOf(file, text)) {
      const target = name.startsWith(".") ? path.posix.dirname(path.posix.join(folder, name)) : packages.get(name);
      if (target !== undefined && target !== folder) to.add(target);
    }
  }
  return graph;
}

/** Folders that import each other, directly or through others; each circle as its folders, sorted. `files` are path and text. */
export function folderCircles(
  files: ReadonlyMap<string, string>,
  packages: ReadonlyMap<string, string> = new Map(),
): readonly (readonly string[])[] {
  const graph = folderImports(files, packages);
  const reached = new Map([...graph.keys()].map((folder) => [folder, reachedFrom(graph, folder)]));
  const circles = new Map<string, readonly string[]>();
  for (const folder of graph.keys()) {
    const circle = [...(reached.get(folder) ?? [])].filter((other) => reached.get(other)?.has(folder)).sort();
    if (circle.length > 0) circles.set(circle.join(" "), circle);
  }
  return [...circles.values()];
}

/** All that is imported from a folder on, the folder itself where a circle leads back to it. */
function reachedFrom(graph: ReadonlyMap<string, ReadonlySet<string>>, start: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const waiting = [...(graph.get(start) ?? [])];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    if (seen.has(folder)) continue;
    seen.add(folder);
    waiting.push(...(graph.get(folder) ?? []));
  }
  return seen;
}
