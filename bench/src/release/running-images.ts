import { command, must, type Runner } from "@compose-fleet/process";

/** The images of all replicas of a service of a local fleet that run now, each once. Throws `CommandError`. */
export async function runningImages(runner: Runner, fleet: string, service: string): Promise<ReadonlySet<string>> {
  const labels = [`compose-fleet.local=${fleet}`, `com.docker.compose.service=${service}`];
  const listed = await must(
    runner,
    command("docker", "ps", "--quiet", ...labels.flatMap((label) => ["--filter", `label=${label}`])),
  );
  const ids = listed.split("\n").filter((id) => id !== "");
  if (ids.length === 0) return new Set();
  const inspected = await must(runner, command("docker", "inspect", "--format", "{{.Config.Image}}", ...ids));
  return new Set(inspected.split("\n").filter((line) => line !== ""));
}
