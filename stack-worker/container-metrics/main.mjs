import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { dockerClient } from "./docker-client.mjs";
import { createRecorder } from "./ended-containers.mjs";
import { createExporter } from "./exporter.mjs";
import { recordFolder } from "./record-folder.mjs";

// biome-ignore lint/style/noProcessEnv: composition root
const env = process.env;
const cpuLimit = Number(env.WORKER_CPU_LIMIT_CORES || Number.NaN);
const servicesFile = env.SERVICES_FILE || "/etc/fleet/rendered/services.tsv";

const docker = dockerClient(env.DOCKER_SOCKET || "/var/run/docker.sock");
const project = env.COMPOSE_PROJECT_NAME ?? "";
const flags = env.FLAGS_FOLDER || "/run/fleet";
const exporter = createExporter({
  docker,
  project,
  services: async () =>
    (await readFile(servicesFile, "utf8"))
      .split("\n")
      .map((line) => line.split("\t")[0])
      .filter(Boolean),
  // The folder is listed: a flag that cannot be looked for must not read as "not draining".
  isDraining: async () => (await readdir(flags)).includes("drain"),
  leavingIds: async () =>
    new Set(
      (await readdir(flags)).flatMap((name) => (name.startsWith("leaving.") ? name.slice("leaving.".length) : [])),
    ),
  cpuLimitCores: cpuLimit > 0 ? cpuLimit : undefined,
  nowMs: () => performance.now(),
});
const server = createServer(async (req, res) => {
  const answer = req.url === "/metrics" ? await exporter.scrape() : { status: 404, text: "metrics are at /metrics\n" };
  res.writeHead(answer.status, { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" }).end(answer.text);
});
server.listen(Number(env.PORT || 9101));
const stopping = new AbortController();
const recorder = createRecorder({
  docker,
  project,
  records: recordFolder(env.ENDED_FOLDER || "/ended"),
  // leave.sh says there which script lets which replicas leave.
  leavingFor: async (id) => {
    const [script, ...ids] = (await readFile(`${flags}/leaving`, "utf8")).split("\n");
    return ids.includes(id) ? script : undefined;
  },
  nowMs: () => Date.now(),
  say: (sentence) => void process.stderr.write(`${sentence}\n`),
  sleep: (ms) => sleep(ms, undefined, { ref: false }),
});
const recording = recorder.run(stopping.signal);
for (const signal of ["SIGTERM", "SIGINT"])
  process.on(signal, async () => {
    server.close().closeAllConnections();
    stopping.abort();
    await recording;
  });
