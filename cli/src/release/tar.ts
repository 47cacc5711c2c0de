import { gunzipSync } from "node:zlib";
import { Header, Pack, Parser, ReadEntry } from "tar";
import { inOrder, type StackFile } from "./stack-file.ts";

/** What an archive may be unpacked to: far more than a revision is. */
const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;
/** Any time would do that is always the same. */
const MODIFIED = new Date(0);

/**
 * A `.tgz` of the files: sorted, without times and owners, so that the same files are the same bytes everywhere. Rejects when a path does not fit into
 * an archive that every tar can read: ASCII, 255 characters at most.
 */
export async function packTgz(files: readonly StackFile[]): Promise<Buffer> {
  const pack = new Pack({ portable: true, mtime: MODIFIED, gzip: { level: 9 } });
  const packed = pack.concat();
  for (const file of inOrder(files)) pack.add(entryOf(file));
  pack.end();
  return packed;
}

function entryOf({ path, mode, content }: StackFile): ReadEntry {
  const header = new Header({ path, mode, size: content.length, type: "File" });
  header.encode();
  if (header.needPax) throw new Error(`${path} is too long for an archive, or not ASCII: shorten its names`);
  const entry = new ReadEntry(header);
  entry.end(content);
  return entry;
}

/** The content of one file of an archive; undefined where it has none of that path. Rejects when it is no archive, or unpacks to more than 256 MiB. */
export function readFromTgz(archive: Buffer, path: string): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    let found: Promise<Buffer> | undefined;
    const parser = new Parser({
      strict: true,
      onReadEntry: (entry) => {
        if (entry.path !== path) return entry.resume();
        found = entry.concat();
        // Told once, by the parser.
        found.catch(() => {});
      },
    });
    // What is broken may say so more than once.
    parser.on("error", reject);
    parser.on("end", () => resolve(found));
    parser.end(gunzipSync(archive, { maxOutputLength: MAX_UNPACKED_BYTES }));
  });
}
