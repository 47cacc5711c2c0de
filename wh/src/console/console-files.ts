import { gzipSync } from "node:zlib";

/** A file of the console, as it is and compressed. */
export interface ConsoleFile {
  readonly type: string;
  readonly bytes: Buffer;
  readonly gzip: Buffer;
}

export interface ConsoleFiles {
  readonly page: ConsoleFile;
  /** By name; a name has the hash of the content. */
  readonly assets: ReadonlyMap<string, ConsoleFile>;
  /** Differs for every build: what the page is compared by. */
  readonly build: string;
}

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};
const PAGE = "index.html";

/** The console of a folder's files; undefined where there is none, since the scaler scales without it. */
export function consoleFilesOf(names: readonly string[], read: (name: string) => Buffer): ConsoleFiles | undefined {
  if (!names.includes(PAGE)) return undefined;
  const files = new Map(
    names.flatMap((name) => {
      const type = TYPES[name.split(".").at(-1) ?? ""];
      if (type === undefined) return [];
      const bytes = read(name);
      return [[name, { type, bytes, gzip: gzipSync(bytes, { level: 9 }) }] as const];
    }),
  );
  const page = files.get(PAGE);
  if (!page) return undefined;
  files.delete(PAGE);
  return { page, assets: files, build: [...files.keys()].sort().join(" ") };
}
