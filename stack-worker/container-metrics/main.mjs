import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { dockerClient } from "./docker-client.mjs";
import { createRecorder } from "./ended-containers.mjs";
import { createExporter } from "./exporter.mjs";
import { answerLog } from "./healing/answer-log.mjs";
import { endedTroubles } from "./healing/ended-troubles.mjs";
import { createHealer } from "./healing/healer.mjs";
import { orderFolder } from "./healing/order-folder.mjs";
import { probe } from "./healing/probe.mjs";
import { createReplicaWatch } from "./healing/watch-replicas.mjs";
import { recordFolder } from "./record-folder.mjs";

const HEAL_EVERY_MS = 500;

// biome-ignore lint/style/noProcessEnv: composition root
const env = process.env;
const cpuLimit = Number(env.WORKER_CPU_LIMIT_CORES || Number.NaN);
const servicesFile = env.SERVICES_FILE || "/etc/fleet/rendered/services.tsv";

const docker = dockerClient(env.DOCKER_SOCKET || "/var/run/docker.sock");
const project = env.COMPOSE_PROJECT_NAME ?? "";
const flags = env.FLAGS_FOLDER || "/run/fleet";
/** Port and path of each service, by name. */
const table = async () =>
  new Map(
    (await readFile(servicesFile, "utf8"))
      .split("\n")
      .filter(Boolean)
      .map((line) => line.split("\t"))
      .map(([name, , , port, path = ""]) => [name, { port: Number(port), path }]),
  );
/** Ids in the names of flags: leaving.ID, healing.ID. */
const flagged = async (kind) =>
  new Set((await readdir(flags)).flatMap((name) => (name.startsWith(`${kind}.`) ? name.slice(kind.length + 1) : [])));
const leavingIds = () => flagged("leaving");
const say = (sentence) => void process.stderr.write(`${sentence}\n`);
const watch = createReplicaWatch({ ask: probe });
const log = answerLog(env.ACCESS_LOG || "/logs/access.log");
const healer = createHealer({
  docker,
  project,
  table,
  isOut: async () => (await readdir(flags)).some((name) => name === "drain" || name === "starting"),
  // One that is being replaced is watched on: it may recover.
  leavingIds: async () => {
    const [leaving, healing] = await Promise.all([leavingIds(), flagged("healing")]);
    return new Set([...leaving].filter((id) => !healing.has(id)));
  },
  users: log.look,
  watch,
  orders: orderFolder(env.HEALTH_FOLDER || "/health"),
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  say,
});
const ended = endedTroubles();
const exporter = createExporter({
  docker,
  project,
  services: async () => [...(await table()).keys()],
  troubles: () => [...ended.at(performance.now()), ...healer.troubles()],
  // The folder is listed: a flag that cannot be looked for must not read as "not draining".
  isDraining: async () => (await readdir(flags)).includes("drain"),
  leavingIds,
  cpuLimitCores: cpuLimit > 0 ? cpuLimit : undefined,
  nowMs: () => performance.now(),
});
const server = createServer(async (req, res) => {
  const answer = req.url === "/metrics" ? await exporter.scrape() : { status: 404, text: "metrics are at /metrics\n" };
  res.writeHead(answer.status, { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" }).end(answer.text);
});
server.listen(Number(env.PORT || 9101));
const stopping = new AbortController();
const folder = recordFolder(env.ENDED_FOLDER || "/ended");
const recorder = createRecorder({
  docker,
  project,
  records: {
    write: (record, lines, nowMs) => {
      watch.ended(record.id);
      ended.ended(record, lines, performance.now());
      return folder.write(record, lines, nowMs);
    },
  },
  // leave.sh says there which script lets which replicas leave.
  leavingFor: async (id) => {
    const [script, ...ids] = (await readFile(`${flags}/leaving`, "utf8").catch(() => "")).split("\n");
    if (ids.includes(id)) return script;
    return (await flagged("healing")).has(id) ? "heal.sh" : undefined;
  },
  nowMs: () => Date.now(),
  say,
  sleep: (ms) => sleep(ms, undefined, { ref: false }),
});
const recording = recorder.run(stopping.signal);
async function heal() {
  while (!stopping.signal.aborted) {
    await healer.look();
    await sleep(HEAL_EVERY_MS, undefined, { ref: false });
  }
}
void heal();
for (const signal of ["SIGTERM", "SIGINT"])
  process.on(signal, async () => {
    server.close().closeAllConnections();
    stopping.abort();
    await recording;
  });
