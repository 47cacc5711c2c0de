import { cp, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

/** What an example lays its own files over, or a local fleet copies. Everything else of the project is the same. */
const COPIED = ["stack-worker", "stack-prometheus"];

/**
 * Does the work in a copy of the project into which somebody has copied an example, as examples/README.md says, so that the project itself
 * stays as it is. Its `.fleet` is the project's: images are not made again. Rejects as the work does.
 */
export async function withExample<Result>(
  root: string,
  example: string,
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(path.join(tmpdir(), "fleet-example-"));
  try {
    for (const name of await readdir(root))
      if (!COPIED.includes(name)) await symlink(path.join(root, name), path.join(folder, name));
    for (const name of COPIED) await cp(path.join(root, name), path.join(folder, name), { recursive: true });
    await cp(path.join(root, "examples", example, "stack-worker"), path.join(folder, "stack-worker"), {
      recursive: true,
    });
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
