import { createHash } from "node:crypto";
import { inOrder, type StackFile } from "./stack-file.ts";

/** 12 hexadecimal digits that change with any path, mode or byte of the files, and with `context`, but not with their order. */
export function contentHash(files: readonly StackFile[], context = ""): string {
  const hash = createHash("sha256").update(`${context.length}\n${context}\n`);
  for (const { path, mode, content } of inOrder(files))
    hash.update(`${path}\0${mode.toString(8)}\0${content.length}\0`).update(content);
  return hash.digest("hex").slice(0, 12);
}
