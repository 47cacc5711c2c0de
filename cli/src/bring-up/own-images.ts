import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { CliError, command, type Progress, type Runner } from "@compose-fleet/process";
import { explained } from "@compose-fleet/setup";

/** An image of ours: a base image plus what its build puts into `dist/`. */
interface OwnImage {
  readonly variable: string;
  readonly workspace: string;
}

const ownImages: readonly OwnImage[] = [
  { variable: "WH_IMAGE", workspace: "wh" },
  { variable: "SERVICE_A_IMAGE", workspace: "service-a" },
];

/**
 * Bundles the project's own services and builds their images, tagged by content, so that an unchanged one is not built again.
 * Returns them by variable. Throws `CliError` with the end of the build's output.
 */
export async function ensureOwnImages(
  deps: { readonly runner: Runner; readonly progress: Progress; readonly root: string },
  nodeImage: string,
): Promise<Readonly<Record<string, string>>> {
  const step = deps.progress.step("The project's own images");
  try {
    const built = await Promise.all(
      ownImages.map((image) => ensureOwnImage(deps, image, nodeImage, (text) => step.update(text))),
    );
    step.done(built.map((one) => `${one.tag}${one.isNew ? " (built)" : ""}`).join(", "));
    return Object.fromEntries(built.map(({ variable, tag }) => [variable, tag]));
  } catch (error) {
    step.fail("not built");
    throw error;
  }
}

async function ensureOwnImage(
  { runner, root }: { readonly runner: Runner; readonly root: string },
  { variable, workspace }: OwnImage,
  nodeImage: string,
  update: (text: string) => void,
) {
  const folder = join(root, workspace);
  update(`bundling ${workspace}`);
  await succeed(runner, { ...command("npm", "run", "build", "-s"), cwd: folder }, `Bundling ${workspace}`);
  const base = await succeed(
    runner,
    command("docker", "image", "inspect", "--format", "{{.Id}}", nodeImage),
    `Looking up ${nodeImage}`,
  );
  const hash = createHash("sha256").update(base);
  for (const file of [...(await filesIn(folder, "dist")), "Dockerfile"])
    hash.update(`${file}\0`).update(await readFile(join(folder, file)));
  const tag = `compose-fleet/${workspace}:${hash.digest("hex").slice(0, 12)}`;
  if ((await runner.run(command("docker", "image", "inspect", tag))).exitCode === 0)
    return { variable, tag, isNew: false };
  update(`building ${tag}`);
  await succeed(
    runner,
    command("docker", "build", "--build-arg", `NODE_IMAGE=${nodeImage}`, "--tag", tag, folder),
    `Building ${tag}`,
  );
  return { variable, tag, isNew: true };
}

/** Paths of all files below a folder of `root`, sorted. */
async function filesIn(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

async function succeed(runner: Runner, what: Parameters<Runner["run"]>[0], title: string): Promise<string> {
  const result = await runner.run(what);
  if (result.exitCode !== 0)
    throw new CliError(`${title} failed (exit code ${result.exitCode}):\n${explained(result, 15)}`);
  return result.stdout;
}
