import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** What the page weighs, all its files together: as they are, and as they are sent. */
export function weigh(folder: string): { readonly bytes: number; readonly gzipBytes: number } {
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
  return {
    bytes: files.reduce((sum, file) => sum + file.byteLength, 0),
    gzipBytes: files.reduce((sum, file) => sum + gzipSync(file, { level: 9 }).byteLength, 0),
  };
}
