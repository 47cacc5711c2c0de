import type { Runner } from "@compose-fleet/process";
import { docker, dockerNames, REGISTRY_PORT } from "../docker/docker.ts";

/** Where a fleet's registry answers, such as `127.0.0.1:32768`; undefined when it has none. */
export async function registryHost(runner: Runner, fleet: string): Promise<string | undefined> {
  const published = await runner.run(docker("port", dockerNames(fleet).registry, `${REGISTRY_PORT}/tcp`));
  return published.exitCode === 0 ? published.stdout.split("\n")[0]?.trim() || undefined : undefined;
}

/** Removes the images that were pulled from a registry, which nobody can pull again. What is in use stays. */
export async function removePulledImages(runner: Runner, host: string): Promise<void> {
  const listed = await runner.run(docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}"));
  const images = listed.stdout
    .split("\n")
    .filter((image) => image.startsWith(`${host}/`) && !image.endsWith(":<none>"));
  if (images.length > 0) await runner.run(docker("rmi", ...images));
}
