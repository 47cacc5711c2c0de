import { AwsError } from "../../refusals/aws-error.ts";

const LINE_END = "\r\n";

/** Takes S3's own chunks apart (`aws-chunked`), as the SDK sends streams; signatures and trailing checksums are left out. Throws `AwsError` for what is none. */
export function decodeChunks(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  let offset = 0;
  for (;;) {
    const end = body.indexOf(LINE_END, offset);
    const size = Number.parseInt(body.subarray(offset, end < 0 ? offset : end).toString("latin1"), 16);
    if (end < 0 || Number.isNaN(size) || end + 2 + size > body.length)
      throw new AwsError("IncompleteBody", "The body is not made of whole chunks.");
    if (size === 0) return Buffer.concat(parts);
    parts.push(body.subarray(end + 2, end + 2 + size));
    offset = end + 2 + size + 2;
  }
}
