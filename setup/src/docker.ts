import { type DockerDeps, ensureEngine } from "./docker-engine.ts";
import { ensurePlugins } from "./docker-plugins.ts";

/** Versions of what answers. */
export interface DockerVersions {
  readonly engine: string;
  readonly compose: string;
  readonly buildx: string;
}

/**
 * Makes Docker usable: an engine that answers, `docker compose` 2.24 or later and buildx. What is missing is installed with the user's consent: root without a
 * terminal goes ahead and says so, at a terminal it asks first. Throws `SetupError`, whose message holds the commands to run, where it may not.
 */
export async function ensureDocker(deps: DockerDeps): Promise<DockerVersions> {
  const engine = await ensureEngine(deps);
  return { engine, ...(await ensurePlugins(deps)) };
}
