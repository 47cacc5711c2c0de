import { readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

const DAY_MS = 86_400_000;

/**
 * Records of ended containers as two files each, SERVICE.REPLICA.ID.json and .log. Older ones go when all together are larger than `maxBytes`, and
 * after `days`. Rejects with the file system's error.
 */
export function recordFolder(folder, { maxBytes = 20_000_000, days = 14 } = {}) {
  async function write(name, text) {
    const path = join(folder, name);
    // Whole or not at all: a machine may go down in this moment.
    await writeFile(`${path}.new`, text, { mode: 0o600 });
    await rename(`${path}.new`, path);
  }

  async function prune(nowMs) {
    const names = await readdir(folder);
    const files = await Promise.all(
      names.map(async (name) => {
        const { size, mtimeMs } = await stat(join(folder, name)).catch(() => ({ size: 0, mtimeMs: 0 }));
        // A file takes whole blocks.
        return { stem: name.replace(/\.(json|log)(\.new)?$/, ""), name, size: Math.ceil(size / 4096) * 4096, mtimeMs };
      }),
    );
    const stems = Map.groupBy
      ? Map.groupBy(files, ({ stem }) => stem)
      : files.reduce((map, file) => map.set(file.stem, [...(map.get(file.stem) ?? []), file]), new Map());
    const newestFirst = [...stems.values()].sort(
      (a, b) => Math.max(...b.map((file) => file.mtimeMs)) - Math.max(...a.map((file) => file.mtimeMs)),
    );
    let bytes = 0;
    for (const those of newestFirst) {
      bytes += those.reduce((sum, { size }) => sum + size, 0);
      const isOld = nowMs - Math.max(...those.map(({ mtimeMs }) => mtimeMs)) > days * DAY_MS;
      if (bytes <= maxBytes && !isOld) continue;
      for (const { name } of those) await rm(join(folder, name), { force: true });
    }
  }

  return {
    write: async (record, log, nowMs) => {
      // Names are Docker's and compose's own, but they end in a path.
      const stem = [record.service, record.replica, record.id.slice(0, 12)]
        .map((part) => part.replaceAll(/[^\w-]/g, "_"))
        .join(".");
      await write(`${stem}.log`, log);
      await write(`${stem}.json`, `${JSON.stringify(record)}\n`);
      await prune(nowMs);
    },
  };
}
