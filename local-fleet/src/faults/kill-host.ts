import { must, type Runner } from "@compose-fleet/process";
import { docker } from "../machine/docker/docker.ts";

/** Ids of the containers of a compose project that run, or of one of its services. */
export async function containersOf(runner: Runner, project: string, service?: string): Promise<string[]> {
  const labels = [`label=com.docker.compose.project=${project}`];
  if (service !== undefined) labels.push(`label=com.docker.compose.service=${service}`);
  const listed = await must(runner, docker("ps", "--quiet", ...labels.flatMap((label) => ["--filter", label])));
  return listed.split("\n").filter((line) => line !== "");
}

/** A host dies: `hostFailed` tells AWS first, so that nothing restarts what is killed next. */
export async function killHost(runner: Runner, project: string, hostFailed: () => void): Promise<void> {
  hostFailed();
  // Docker kills several in any order. A host dies all at once: its nginx must not outlive the replicas and answer 502 for them.
  for (const ids of [await containersOf(runner, project, "nginx"), await containersOf(runner, project)])
    if (ids.length > 0) await runner.run(docker("kill", ...ids));
}
