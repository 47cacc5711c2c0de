import { execFileSync } from "node:child_process";

/** How a container ends that `fleet why` has to explain. */
export interface End {
  /** What its program does, in JavaScript. */
  readonly script: string;
  readonly options?: readonly string[];
  /** Somebody tells it to stop once it is unhealthy. */
  readonly isStopped?: boolean;
}

const PROJECT = "com.docker.compose.project";

function docker(...args: readonly string[]): string {
  return execFileSync("docker", args, { encoding: "utf8" }).trim();
}

/** The worker of a local fleet with one, as its container of `service` has it. */
export function replicaOf(fleet: string, service: string): { readonly project: string; readonly image: string } {
  const labels = [`compose-fleet.local=${fleet}`, `com.docker.compose.service=${service}`];
  const filters = labels.flatMap((label) => ["--filter", `label=${label}`]);
  const format = `{{.Label "${PROJECT}"}}\t{{.Image}}`;
  const [project = "", image = ""] =
    docker("ps", ...filters, "--format", format)
      .split("\n")[0]
      ?.split("\t") ?? [];
  return { project, image };
}

/** Runs a container as one of that worker, to its end. Returns its id. It has no network: it is there to end, and nobody is sent to it. */
export async function endOf(
  { project, image }: { readonly project: string; readonly image: string },
  { script, options = [], isStopped = false }: End,
  untilUnhealthy: (isUnhealthy: () => boolean) => Promise<void>,
): Promise<string> {
  const labels = [
    `${PROJECT}=${project}`,
    "com.docker.compose.service=doomed",
    "com.docker.compose.container-number=1",
  ];
  const run = ["run", "--detach", "--network", "none", ...labels.flatMap((label) => ["--label", label])];
  const id = docker(...run, ...options, image, "node", "-e", script);
  if (isStopped) {
    await untilUnhealthy(() => docker("inspect", "--format", "{{.State.Health.Status}}", id) === "unhealthy");
    docker("stop", "--time", "1", id);
  }
  docker("wait", id);
  return id;
}
