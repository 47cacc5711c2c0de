import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dockerClient } from "./docker-client.mjs";
import { createExporter } from "./exporter.mjs";

// biome-ignore lint/style/noProcessEnv: composition root
const env = process.env;
const cpuLimit = Number(env.WORKER_CPU_LIMIT_CORES || Number.NaN);
const servicesFile = env.SERVICES_FILE || "/etc/fleet/rendered/services.tsv";

const exporter = createExporter({
  docker: dockerClient(env.DOCKER_SOCKET || "/var/run/docker.sock"),
  project: env.COMPOSE_PROJECT_NAME ?? "",
  services: async () =>
    (await readFile(servicesFile, "utf8"))
      .split("\n")
      .map((line) => line.split("\t")[0])
      .filter(Boolean),
  // The folder is listed: a flag that cannot be looked for must not read as "not draining".
  isDraining: async () => (await readdir(env.FLAGS_FOLDER || "/run/fleet")).includes("drain"),
  cpuLimitCores: cpuLimit > 0 ? cpuLimit : undefined,
  nowMs: () => performance.now(),
});
const server = createServer(async (req, res) => {
  const answer = req.url === "/metrics" ? await exporter.scrape() : { status: 404, text: "metrics are at /metrics\n" };
  res.writeHead(answer.status, { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" }).end(answer.text);
});
server.listen(Number(env.PORT || 9101));
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => server.close().closeAllConnections());
