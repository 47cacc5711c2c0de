import { readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

const RESULT = /^(\d{9,12}) (\S+) [0-9a-f]{64} (replaced|recovered|no-better) (.*)$/;

/** What container-metrics and heal.sh tell each other, in a folder that both see: `orders` down, `done` up. */
export function orderFolder(folder) {
  let read = { atMs: Number.NaN, entries: [] };
  return {
    async write(text) {
      const path = join(folder, "orders");
      await writeFile(`${path}.new`, text, { mode: 0o600 });
      await rename(`${path}.new`, path);
    },
    /** Oldest first. None where there is no file yet; what is no entry is left out. */
    async done() {
      const path = join(folder, "done");
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: 0 }));
      if (mtimeMs === read.atMs) return read.entries;
      const text = mtimeMs === 0 ? "" : await readFile(path, "utf8");
      read = { atMs: mtimeMs, entries: entriesIn(text) };
      return read.entries;
    },
  };
}

function entriesIn(text) {
  return text.split("\n").flatMap((line) => {
    const [, seconds, service, result, rest] = RESULT.exec(line) ?? [];
    return seconds === undefined ? [] : [{ atMs: Number(seconds) * 1000, service, result, text: rest.trim() }];
  });
}
