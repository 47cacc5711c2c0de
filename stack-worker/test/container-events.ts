import { spawn } from "node:child_process";
import { once } from "node:events";

/** Notes what Docker says about the replicas of a service: `health_status: healthy`, `die`. */
export function watchReplicas(project: string, service: string): { stop(): Promise<readonly string[]> } {
  const filters = [
    `label=com.docker.compose.project=${project}`,
    `label=com.docker.compose.service=${service}`,
    // Not the one that is tried beside them.
    "label=com.docker.compose.oneoff=False",
    "event=health_status",
    "event=die",
  ];
  const child = spawn("docker", [
    "events",
    "--format",
    "{{.Status}}",
    ...filters.flatMap((filter) => ["--filter", filter]),
  ]);
  const ended = once(child, "close");
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return {
    async stop() {
      child.kill();
      await ended;
      return text.split("\n").filter(Boolean);
    },
  };
}
