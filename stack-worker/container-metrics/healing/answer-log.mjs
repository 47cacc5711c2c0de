import { open } from "node:fs/promises";

/** Of a log that grew faster than it is read, the end is enough. */
const MOST_BYTES = 1024 * 1024;
/** SERVICE STATUS SECONDS TIME CLIENT UPSTREAMS ... (nginx.conf, log_format fleet). */
const LINE = /^\S+ (\d{3}) \S+ \S+ \S+ ([^"]*?) "/;
const LAST_ADDRESS = /(?:^|[ ,:])(\d+\.\d+\.\d+\.\d+):\d+ [^:]*$/;

/**
 * Reads from nginx's access log which replicas have answered users since the last look: so nobody has to ask those. `look` gives their addresses, and
 * none where the log cannot be read.
 */
export function answerLog(path) {
  let inode;
  let position = 0;

  return {
    async look() {
      const file = await open(path, "r").catch(() => undefined);
      if (file === undefined) return new Set();
      try {
        const { ino, size } = await file.stat();
        if (ino !== inode || size < position) position = inode === undefined ? size : 0;
        inode = ino;
        const from = Math.max(position, size - MOST_BYTES);
        const buffer = Buffer.alloc(size - from);
        const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
        position = from + bytesRead;
        return answeringIn(buffer.toString("latin1", 0, bytesRead));
      } catch {
        return new Set();
      } finally {
        await file.close();
      }
    },
  };
}

/** Addresses of those that answered. A client that gave up (499) and a try that nginx gave up (502, 504) are no answers. */
export function answeringIn(text) {
  const found = new Set();
  for (const line of text.split("\n")) {
    const [, status, upstreams = ""] = LINE.exec(line) ?? [];
    if (status === undefined || status === "499" || status === "502" || status === "504") continue;
    const address = LAST_ADDRESS.exec(upstreams)?.[1];
    if (address !== undefined) found.add(address);
  }
  return found;
}
