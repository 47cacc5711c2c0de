import type { RecordedDecision } from "@compose-fleet/wh-api";

/** A change that took effect: the group's desired capacity, or the replicas of a service on a worker. */
export interface Change {
  /** The same for several records of one call. */
  readonly id: string;
  readonly atMs: number;
  /** `workers`, or `WORKER/SERVICE`. */
  readonly target: string;
  readonly from: number;
  readonly to: number;
}

const setDesired =
  /user request explicitly set group desired capacity changing the desired capacity from (\d+) to (\d+)/;
const shrink = /taken out of service in response to a user request, shrinking the capacity from (\d+) to (\d+)/;

/** What an activity of the group changed at somebody's request, from its cause; empty for what the group did by itself. */
export function changeOfActivity(atMs: number, cause: string): Change[] {
  const found = setDesired.exec(cause) ?? shrink.exec(cause);
  if (found === null) return [];
  const [words, from, to] = found;
  // Several activities of one call go on to say different things: which capacity each of them came from.
  const id = cause.slice(0, found.index + words.length);
  return effective({ id, atMs, target: "workers", from: Number(from), to: Number(to) });
}

/** What a command changed on a worker, from the line that scale.sh prints; empty when the replicas were what it asked for. */
export function changeOfCommand(atMs: number, worker: string, output: string): Change[] {
  const [, service, from, to] = /^([a-z0-9-]+): (\d+) -> (\d+)$/m.exec(output) ?? [];
  if (service === undefined) return [];
  return effective({
    id: `${worker} ${atMs} ${output}`,
    atMs,
    target: `${worker}/${service}`,
    from: Number(from),
    to: Number(to),
  });
}

/**
 * Changes that were made twice for one decision: of identical ones (same target, same numbers), those beyond the number of decisions
 * that ask for them. A change without a recorded decision counts once as decided, since a scaler that is killed may not have
 * recorded it any more.
 */
export function doubledActions(changes: readonly Change[], decisions: readonly RecordedDecision[]): number {
  const made = countBy(changes.map(keyOf));
  const decided = countBy(
    decisions
      .filter((decision) => decision.kind !== "hold" && decision.from !== decision.to)
      .map((decision) => keyOf({ ...decision, target: decision.target.replace(/^replicas\//, "") })),
  );
  return [...made].reduce((sum, [key, count]) => sum + Math.max(0, count - Math.max(1, decided.get(key) ?? 0)), 0);
}

/** Changes that went below the least, or above the most, that fleet.yaml allows. */
export function outsideBounds(
  changes: readonly Change[],
  boundsOf: (target: string) => { readonly min: number; readonly max: number },
): { readonly belowMin: number; readonly aboveMax: number } {
  const count = (wrong: (change: Change) => boolean) => changes.filter(wrong).length;
  return {
    belowMin: count(({ target, to }) => to < boundsOf(target).min),
    aboveMax: count(({ target, to }) => to > boundsOf(target).max),
  };
}

function effective(change: Change): Change[] {
  return change.from === change.to ? [] : [change];
}

function keyOf({ target, from, to }: Pick<Change, "target" | "from" | "to">): string {
  return `${target} ${from} -> ${to}`;
}

function countBy(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
