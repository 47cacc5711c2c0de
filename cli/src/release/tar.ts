import { gunzipSync, gzipSync } from "node:zlib";
import { inOrder, type StackFile } from "./stack-file.ts";

const BLOCK = 512;
const MAX_NAME = 100;
const MAX_PREFIX = 155;
/** Where gzip says which operating system packed it. */
const GZIP_OS = 9;

/**
 * A `.tgz` of the files: sorted, without times and owners, so that the same files are the same bytes everywhere. Throws when a path is too long
 * for the format (255 bytes).
 */
export function packTgz(files: readonly StackFile[]): Buffer {
  const parts = inOrder(files).flatMap(({ path, mode, content }) => [
    header(path, mode, content.length),
    content,
    Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK),
  ]);
  const packed = gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]), { level: 9 });
  packed[GZIP_OS] = 0xff;
  return packed;
}

/** The content of one file of an archive that `packTgz` made; undefined where it has none of that path. Throws when it is no archive. */
export function readFromTgz(archive: Buffer, path: string): Buffer | undefined {
  const tar = gunzipSync(archive, { maxOutputLength: 256 * 1024 * 1024 });
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(field(tar, at + 124, 12), 8);
    const prefix = field(tar, at + 345, MAX_PREFIX);
    const name = field(tar, at, MAX_NAME);
    const start = at + BLOCK;
    if ((prefix === "" ? name : `${prefix}/${name}`) === path) return tar.subarray(start, start + size);
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  return undefined;
}

function header(path: string, mode: number, size: number): Buffer {
  const { prefix, name } = split(path);
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0");
  block.write(name, 0);
  block.write(octal(mode, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(size, 11), 124);
  block.write(octal(0, 11), 136);
  // The sum counts its own field as blanks.
  block.fill(" ", 148, 156);
  block.write("0", 156);
  block.write("ustar\u000000", 257);
  block.write(prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\u0000 `, 148);
  return block;
}

function split(path: string): { readonly prefix: string; readonly name: string } {
  if (Buffer.byteLength(path) <= MAX_NAME) return { prefix: "", name: path };
  for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) {
    const prefix = path.slice(0, at);
    const name = path.slice(at + 1);
    if (Buffer.byteLength(prefix) <= MAX_PREFIX && Buffer.byteLength(name) <= MAX_NAME) return { prefix, name };
  }
  throw new Error(`${path} is too long for an archive: shorten its names`);
}

function field(tar: Buffer, at: number, length: number): string {
  const bytes = tar.subarray(at, at + length);
  const end = bytes.indexOf(0);
  return bytes.toString("utf8", 0, end === -1 ? length : end).trim();
}
