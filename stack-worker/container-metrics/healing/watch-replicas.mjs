import { SILENT_MS } from "./decide-healing.mjs";

/** A replica from which nothing was heard for so long is asked. */
const ASK_AFTER_MS = 750;
/** As often where nobody uses the service: nobody waits there either. */
const ASK_IDLE_AFTER_MS = 5_000;
/** One that never answered has so long to start. Its health check, where it has one, has its own patience. */
const START_MS = 300_000;

/**
 * What is known of the replicas of this worker: who serves, who is silent, who is unhealthy. `ask` a replica resolves to whether it answered. Users'
 * answers count as well: a replica that serves them is not asked. A service that nginx does not serve is known by its health check alone.
 */
export function createReplicaWatch({ ask }) {
  /** @type {Map<string, {answeredAtMs: number | undefined, unansweredSinceMs: number | undefined, unhealthySinceMs: number | undefined, isAsked: boolean}>} */
  let known = new Map();

  const answered = (facts, nowMs) => {
    facts.answeredAtMs = nowMs;
    facts.unansweredSinceMs = undefined;
  };

  return {
    /** A container ended: what is started in its place begins anew. */
    ended: (id) => void known.delete(id),

    /** One look. `replicas`: {id, service, address, port, path, health, createdAtMs}; `users`: addresses that answered users since the last look. Gives each one's state by service. */
    look(nowMs, wallMs, replicas, users) {
      const busy = new Set(replicas.filter(({ address }) => users.has(address)).map(({ service }) => service));
      const kept = new Map();
      const services = new Map();
      for (const replica of replicas) {
        const facts = known.get(replica.id) ?? {
          answeredAtMs: undefined,
          unansweredSinceMs: undefined,
          unhealthySinceMs: undefined,
          isAsked: false,
        };
        kept.set(replica.id, facts);
        if (users.has(replica.address)) answered(facts, nowMs);
        const after =
          busy.has(replica.service) || facts.unansweredSinceMs !== undefined ? ASK_AFTER_MS : ASK_IDLE_AFTER_MS;
        const quietMs = nowMs - (facts.answeredAtMs ?? Number.NEGATIVE_INFINITY);
        if (replica.path !== "" && !facts.isAsked && quietMs >= after) {
          facts.isAsked = true;
          facts.unansweredSinceMs ??= nowMs;
          void ask(replica).then((isAnswered) => {
            facts.isAsked = false;
            if (isAnswered) answered(facts, Math.max(nowMs, facts.answeredAtMs ?? nowMs));
          });
        }
        facts.unhealthySinceMs = replica.health === "unhealthy" ? (facts.unhealthySinceMs ?? nowMs) : undefined;
        const states = services.get(replica.service) ?? [];
        services.set(replica.service, [...states, { id: replica.id, ...stateOf(replica, facts, nowMs, wallMs) }]);
      }
      known = kept;
      return services;
    },
  };
}

function stateOf({ createdAtMs, health, path }, facts, nowMs, wallMs) {
  if (facts.unhealthySinceMs !== undefined) return { state: "unhealthy", sinceMs: facts.unhealthySinceMs };
  if (health === "starting") return { state: "starting", sinceMs: nowMs };
  if (path === "") return { state: "serves", sinceMs: nowMs };
  const isYoung = wallMs - createdAtMs < START_MS;
  if (facts.answeredAtMs === undefined && isYoung) return { state: "starting", sinceMs: nowMs };
  // One that was asked a moment ago still counts as serving.
  if (nowMs - (facts.unansweredSinceMs ?? nowMs) >= SILENT_MS)
    return { state: "silent", sinceMs: facts.unansweredSinceMs };
  return { state: "serves", sinceMs: nowMs };
}
