import { join } from "node:path";
import { checkMachine, ensureDocker, ensureImages, type ImageVariable } from "@compose-fleet/setup";
import type { CliContext } from "../run/context.ts";

/** Makes Docker and the images available; returns the images by variable. Throws `SetupError` with what to do. */
export async function prepareMachine(
  { root, machine, terminal, stop }: CliContext,
  options: { readonly extra?: readonly ImageVariable[]; readonly refresh?: boolean } = {},
): Promise<Readonly<Record<string, string>>> {
  const { runner, host, actor, imageOverrides } = machine;
  const stateFolder = join(root, ".fleet");
  const deps = { runner, host, progress: terminal.progress, stateFolder };
  await checkMachine(host, stateFolder);
  await ensureDocker({ ...deps, actor });
  stop.throwIfAborted();
  const { images } = await ensureImages(
    { ...deps, imagesFolder: join(root, "images") },
    { overrides: imageOverrides, ...options },
  );
  return images;
}
