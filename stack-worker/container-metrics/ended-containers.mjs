/** Lines of a container's log that are kept. */
const KEPT_LINES = 200;
/** Bytes of them at most: the end of what was printed. */
const KEPT_BYTES = 64 * 1024;
/** Containers of which something is remembered between their events. */
const REMEMBERED = 500;
/** Events that wait for the engine to answer. Beyond them only what an event itself says is kept. */
const WAITING = 64;
const AGAIN_MS = 1000;

/**
 * Writes down why containers end, with the end of their logs: the engine forgets both with the container. One record for each container, the newest
 * of its ends. Never rejects: whoever cannot be asked or written to is told of in `say`, and the metrics beside it go on.
 */
export function createRecorder({ docker, project, records, leavingFor, nowMs, say, sleep }) {
  /** @type {Map<string, {signals: string[], oom: boolean, health: string | undefined, by: string | undefined, times: number, seen: object | undefined}>} */
  const known = new Map();
  let waiting = 0;
  let work = Promise.resolve();

  const of = (id) => {
    const facts = known.get(id) ?? {
      signals: [],
      oom: false,
      health: undefined,
      by: undefined,
      times: 0,
      seen: undefined,
    };
    known.delete(id);
    known.set(id, facts);
    for (const oldest of known.keys()) {
      if (known.size <= REMEMBERED) break;
      known.delete(oldest);
    }
    return facts;
  };
  const look = async (id) => {
    const [state, log] = await Promise.all([docker.inspect(id), docker.logTail(id, KEPT_LINES, KEPT_BYTES)]);
    return { state, log };
  };
  const tell = (what, error) => say(`${what}: ${error instanceof Error ? error.message : error}`);

  async function ended(id, attributes, atMs, isBusy) {
    const facts = of(id);
    // Whoever scales in removes the container in the next moment: what was seen when it was told to stop must do then.
    const seen = isBusy ? facts.seen : await look(id).catch(() => facts.seen);
    const by = facts.by;
    facts.times += 1;
    const { State: state = {}, HostConfig, Image, RestartCount, Created } = seen?.state ?? {};
    const record = {
      id,
      name: attributes.name ?? id,
      service: attributes["com.docker.compose.service"] ?? "",
      replica: attributes["com.docker.compose.container-number"] ?? "",
      image: attributes.image ?? Image,
      createdAt: Created,
      startedAt: state.StartedAt,
      endedAtMs: atMs,
      exitCode: Number(attributes.exitCode),
      outOfMemory: facts.oom || state.OOMKilled === true,
      health: facts.health ?? state.Health?.Status,
      probes: (state.Health?.Log ?? []).slice(-3).map((probe) => String(probe.Output ?? "").slice(0, 500)),
      signals: facts.signals,
      by,
      restarts: RestartCount,
      memoryLimitBytes: HostConfig?.Memory,
      times: facts.times,
    };
    facts.signals = [];
    facts.by = undefined;
    facts.oom = false;
    facts.health = undefined;
    await records.write(record, seen?.log ?? "", nowMs());
  }

  async function take({ Action: action = "", Actor: { ID: id = "", Attributes: attributes = {} } = {}, timeNano }) {
    if (id === "" || attributes["com.docker.compose.oneoff"] === "True") return;
    const isBusy = waiting > WAITING;
    if (action === "oom") of(id).oom = true;
    else if (action.startsWith("health_status")) of(id).health = action.replace(/^health_status:? ?/, "");
    else if (action === "kill") {
      const facts = of(id);
      // The note is gone once the containers are.
      facts.by = (await leavingFor(id).catch(() => undefined)) ?? facts.by;
      facts.signals = [...facts.signals, String(attributes.signal ?? "")].slice(-5);
      if (!isBusy) facts.seen = await look(id).catch(() => facts.seen);
    } else if (action === "die") await ended(id, attributes, Math.floor(Number(timeNano) / 1e6) || nowMs(), isBusy);
    else if (action === "destroy") known.delete(id);
  }

  return {
    /** Listens until the signal. After a break it goes on with what happened meanwhile, as far as the engine remembers it. */
    async run(signal) {
      let sinceNano;
      let told = "";
      while (!signal.aborted) {
        try {
          await docker.events(project, sinceNano, signal, (event) => {
            told = "";
            sinceNano = event.timeNano ?? sinceNano;
            waiting += 1;
            work = work
              .then(() => take(event))
              .catch((error) => tell("an ended container is not recorded", error))
              .finally(() => {
                waiting -= 1;
              });
          });
        } catch (error) {
          // Once, not each second of an engine that is being updated.
          if (told !== String(error)) tell("the engine's events cannot be heard", error);
          told = String(error);
        }
        if (!signal.aborted) await sleep(AGAIN_MS);
      }
      await work;
    },
  };
}
