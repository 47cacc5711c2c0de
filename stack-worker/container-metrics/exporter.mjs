const STATS_EVERY_MS = 10_000;
const STATS_AT_ONCE = 4;
/** What one replica may use where nothing limits it: most programs work with one thread. */
const UNLIMITED_CORES = 1;
/** Docker says this instead of "no limit". */
const NO_LIMIT_BYTES = 2 ** 62;

/**
 * Metrics of one worker's containers, as Docker sees them: so a service needs no metrics of its own.
 * Replicas are listed on each scrape; their memory and CPU are read every 10 s at most.
 */
export function createExporter({
  docker,
  project,
  services,
  isDraining,
  leavingIds = async () => new Set(),
  troubles = () => [],
  cpuLimitCores,
  nowMs,
}) {
  /** @type {Map<string, {service: string, container: string, cpuSeconds: number, workingSet: number, limit: number | undefined}>} */
  let usage = new Map();
  let usageAtMs = Number.NEGATIVE_INFINITY;
  /** Cores that each replica may use. A container keeps what it was made with. @type {Map<string, number>} */
  let cpuLimits = new Map();

  async function cpuLimitOf(id) {
    const known = cpuLimits.get(id);
    if (known !== undefined) return known;
    // Unknown is no limit to divide by: the next look asks again.
    const made = await docker.inspect(id).catch(() => undefined);
    return made && coresOf(made.HostConfig, cpuLimitCores);
  }

  async function readUsage(names, containers) {
    const limits = new Map();
    const queue = [...containers];
    const fresh = new Map();
    const reader = async () => {
      for (let container = queue.shift(); container; container = queue.shift()) {
        // A container that stopped meanwhile has no reading: it is left out, and the others are not lost with it.
        const stats = await docker.stats(container.Id).catch(() => undefined);
        if (!stats) continue;
        const reading = usageOf(container, stats);
        const cores = names.includes(reading.service) ? await cpuLimitOf(container.Id) : undefined;
        if (cores !== undefined) limits.set(container.Id, cores);
        fresh.set(container.Id, { ...reading, cores });
      }
    };
    await Promise.all(Array.from({ length: STATS_AT_ONCE }, reader));
    usage = fresh;
    cpuLimits = limits;
  }

  return {
    /** The exposition text, or 503 with a sentence when Docker or the list of services cannot be read: never zeros instead. */
    async scrape() {
      try {
        const [names, containers, draining, leaving] = await Promise.all([
          services(),
          docker.containers(project),
          isDraining(),
          leavingIds(),
        ]);
        if (nowMs() - usageAtMs >= STATS_EVERY_MS) {
          usageAtMs = nowMs();
          // Beside the scrape, not in it: the replica count must not wait for a busy engine. The next scrape shows the readings.
          void readUsage(names, containers);
        }
        const running = new Set(containers.map((container) => container.Id));
        const readings = [...usage].filter(([id]) => running.has(id)).map(([, reading]) => reading);
        const [going, staying] = [[], []];
        for (const container of containers) (leaving.has(container.Id) ? going : staying).push(container);
        const counts = {
          ready: countReady(names, staying),
          leaving: countReady(names, going, true),
          jobs: countJobs(containers),
        };
        return { status: 200, text: render({ counts, readings, draining, cpuLimitCores, troubles: troubles() }) };
      } catch (error) {
        return { status: 503, text: `cannot read the containers: ${error.message}\n` };
      }
    },
  };
}

/** Replicas that run and, where they have a health check, are healthy; a service without any counts 0. All that run where health does not matter. */
export function countReady(names, containers, isAny = false) {
  const ready = new Map(names.map((name) => [name, 0]));
  for (const container of containers) {
    const service = container.Labels["com.docker.compose.service"];
    if (container.Labels["com.docker.compose.oneoff"] === "True") continue;
    // The list has no field for health; the status text ends in it: "Up 3 seconds (healthy)".
    const health = /\((.*)\)$/.exec(container.Status)?.[1];
    if (ready.has(service) && (isAny || health === undefined || health === "healthy"))
      ready.set(service, ready.get(service) + 1);
  }
  return ready;
}

/** Cores that a container may use by its limits. */
function coresOf({ NanoCpus = 0, CpuQuota = 0, CpuPeriod = 0 } = {}, workerCores = Number.POSITIVE_INFINITY) {
  if (NanoCpus > 0) return NanoCpus / 1e9;
  if (CpuQuota > 0) return CpuQuota / (CpuPeriod > 0 ? CpuPeriod : 100_000);
  return Math.min(UNLIMITED_CORES, workerCores);
}

/** Jobs that run (jobs.sh labels them): a worker that leaves waits for them. */
export function countJobs(containers) {
  return containers.filter(({ Labels }) => Labels["fleet.job"] !== undefined).length;
}

function usageOf(container, stats) {
  const memory = stats.memory_stats ?? {};
  // What cannot be given back under pressure: usage without the inactive part of the page cache (cgroup v1 and v2 name it differently).
  const reclaimable = memory.stats?.total_inactive_file ?? memory.stats?.inactive_file ?? 0;
  return {
    service: container.Labels["com.docker.compose.service"] ?? "",
    container: (container.Names?.[0] ?? container.Id).replace(/^\//, ""),
    cpuSeconds: (stats.cpu_stats?.cpu_usage?.total_usage ?? 0) / 1e9,
    workingSet: Math.max(0, (memory.usage ?? 0) - reclaimable),
    limit: memory.limit > 0 && memory.limit < NO_LIMIT_BYTES ? memory.limit : undefined,
  };
}

function render({ counts: { ready, leaving, jobs }, readings, draining, cpuLimitCores, troubles }) {
  const lines = [];
  const family = (name, type, help, samples) => {
    if (samples.length > 0) lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples);
  };
  const labels = ({ service, container }) => `{service="${service}",container="${container}"}`;
  family(
    "fleet_replicas_ready",
    "gauge",
    "Replicas that run and are not known to be unhealthy.",
    [...ready].map(([service, count]) => `fleet_replicas_ready{service="${service}"} ${count}`),
  );
  family(
    "fleet_replicas_leaving",
    "gauge",
    "Replicas that finish their work before they end.",
    [...leaving].map(([service, count]) => `fleet_replicas_leaving{service="${service}"} ${count}`),
  );
  family("fleet_worker_draining", "gauge", "Whether this worker takes itself out of service.", [
    `fleet_worker_draining ${draining ? 1 : 0}`,
  ]);
  family(
    "fleet_replica_trouble",
    "gauge",
    "What people should hear of a service, and how often it happened.",
    troubles.map(
      ({ service, kind, text, value }) =>
        `fleet_replica_trouble{service="${service}",kind="${kind}",text="${quoted(text)}"} ${value}`,
    ),
  );
  family("fleet_jobs_running", "gauge", "Jobs that run on this worker.", [`fleet_jobs_running ${jobs}`]);
  family(
    "container_memory_working_set_bytes",
    "gauge",
    "Memory that cannot be reclaimed.",
    readings.map((reading) => `container_memory_working_set_bytes${labels(reading)} ${reading.workingSet}`),
  );
  family(
    "container_spec_memory_limit_bytes",
    "gauge",
    "Memory limit.",
    readings
      .filter((reading) => reading.limit)
      .map((reading) => `container_spec_memory_limit_bytes${labels(reading)} ${reading.limit}`),
  );
  family(
    "container_spec_cpu_limit_cores",
    "gauge",
    "Cores that a replica may use; one where nothing limits it.",
    readings
      .filter((reading) => reading.cores)
      .map((reading) => `container_spec_cpu_limit_cores${labels(reading)} ${reading.cores}`),
  );
  family(
    "container_cpu_usage_seconds_total",
    "counter",
    "CPU time used.",
    readings.map((reading) => `container_cpu_usage_seconds_total${labels(reading)} ${reading.cpuSeconds}`),
  );
  family(
    "fleet_worker_cpu_limit_cores",
    "gauge",
    "Cores this worker may use, where it is not a whole machine.",
    cpuLimitCores === undefined ? [] : [`fleet_worker_cpu_limit_cores ${cpuLimitCores}`],
  );
  return `${lines.join("\n")}\n`;
}

/** As the exposition format wants a label's value. */
function quoted(text) {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
