const WITHIN_MS = 300_000;
const MEMORY_TOLD_MS = 600_000;
/** So many ends by themselves are a loop. */
const LOOP = 3;
const KEPT = 50;
const WORDS = 300;

/**
 * What the ends of replicas mean for people: a service that crashes again and again, with its last lines, and one that is killed for its memory, with
 * the limit. `nowMs` of both by the same clock.
 */
export function endedTroubles() {
  /** @type {Map<string, {ends: number[], kills: number[], crashText: string, memoryText: string}>} */
  const services = new Map();
  const within = (times, nowMs, ms) => times.filter((atMs) => nowMs - atMs < ms);

  return {
    /** A record of a container that ended, with the end of its log. */
    ended({ service, name, exitCode, outOfMemory, by, signals, memoryLimitBytes }, log, nowMs) {
      // Whoever was told to leave has done what it was told.
      if (!outOfMemory && (by !== undefined || signals.length > 0)) return;
      const known = services.get(service) ?? { ends: [], kills: [], crashText: "", memoryText: "" };
      services.set(service, known);
      if (within(known.ends, nowMs, WITHIN_MS).length < LOOP)
        known.crashText = `${name} ended with exit code ${exitCode}, and others like it; its last lines: ${lastWords(log)}`;
      known.ends = [...within(known.ends, nowMs, WITHIN_MS), nowMs].slice(-KEPT);
      if (!outOfMemory) return;
      if (within(known.kills, nowMs, MEMORY_TOLD_MS).length === 0)
        known.memoryText = `${name} was killed for its memory: ${limitText(memoryLimitBytes)}`;
      known.kills = [...within(known.kills, nowMs, MEMORY_TOLD_MS), nowMs].slice(-KEPT);
    },
    at: (nowMs) =>
      [...services].flatMap(([service, { ends, kills, crashText, memoryText }]) => {
        const crashes = within(ends, nowMs, WITHIN_MS).length;
        const killed = within(kills, nowMs, MEMORY_TOLD_MS).length;
        return [
          ...(crashes >= LOOP ? [{ service, kind: "crash-loop", text: crashText, value: crashes }] : []),
          ...(killed > 0 ? [{ service, kind: "out-of-memory", text: memoryText, value: killed }] : []),
        ];
      }),
  };
}

function limitText(bytes) {
  if (!bytes) return "it has no limit, and the worker has no more";
  return `its limit is ${Math.round(bytes / 1024 ** 2)} MiB (memory in the fleet file)`;
}

/** The end of a log on one line: without Docker's times, control characters and stack frames. */
function lastWords(log) {
  const lines = log.split("\n").map((line) => line.replace(/^\d{4}-\d\d-\d\dT[\d:.]+Z ?/, ""));
  const said = lines.filter((line) => line.trim() !== "" && !/^\s+at /.test(line)).slice(-4);
  return (
    said
      .join(" | ")
      .replace(/[\p{Cc}"\\]+/gu, " ")
      .slice(-WORDS) || "none"
  );
}
