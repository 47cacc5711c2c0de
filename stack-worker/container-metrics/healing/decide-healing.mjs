/** A replica that is silent for so long answers nothing, where another one answers meanwhile. It gets no requests then. */
export const SILENT_MS = 2_000;
/** After so long it is replaced as well: one that was only busy has answered until then. */
const REPLACE_AFTER_MS = 5_000;
/** The only replica is compared with nobody, so it gets longer. */
const ALONE_AFTER_MS = 10_000;
const SHARE = 1 / 3;
const BUDGET_MS = 600_000;
const LEAST_BUDGET = 3;
const BACK_OFF_MS = 60_000;
const MOST_BACK_OFF_MS = 600_000;
/** What did not help so long ago says nothing any more. */
const FORGET_MS = 3_600_000;

/**
 * What is to be done with the replicas of one service on one worker. `replicas`: those that count, as {id, state, sinceMs}; state is `serves`,
 * `starting`, `silent` or `unhealthy` (by its own check). `done`: what became of earlier ones, oldest first. All times by one clock.
 *
 * Never more than a third at once, and one at least. Nothing where no replica serves and there are several: that is no replica's fault. Nobody is kept
 * from nginx while no other serves. What did not help is tried again later and later; a service has a budget of replacements in ten minutes.
 */
export function decideHealing(nowMs, replicas, done) {
  const started = replicas.filter(({ state }) => state !== "starting");
  const serving = started.filter(({ state }) => state === "serves");
  const sick = started.filter((replica) => isSick(nowMs, replica, serving.length > 0)).sort(byTime);
  if (sick.length === 0) return { refuse: [], replace: [], held: undefined };
  if (serving.length === 0 && started.length > 1) return { refuse: [], replace: [], held: "none-serves" };
  const treated = sick.slice(0, Math.max(1, Math.floor(SHARE * started.length)));
  const held = heldBy(nowMs, started.length, done);
  const ripe = treated.filter((replica) => isRipe(nowMs, replica, serving.length > 0));
  return {
    refuse: serving.length > 0 ? treated.map(({ id }) => id) : [],
    replace: held.left > 0 ? ripe.slice(0, held.left).map(({ id }) => id) : [],
    held: ripe.length > 0 && held.left === 0 ? held.by : undefined,
  };
}

function isSick(nowMs, { state, sinceMs }, othersServe) {
  if (state === "unhealthy") return true;
  return state === "silent" && nowMs - sinceMs >= (othersServe ? SILENT_MS : ALONE_AFTER_MS);
}

function isRipe(nowMs, { state, sinceMs }, othersServe) {
  return state === "unhealthy" || nowMs - sinceMs >= (othersServe ? REPLACE_AFTER_MS : ALONE_AFTER_MS);
}

/** The longest first, so that whoever is treated stays so. */
function byTime(a, b) {
  return a.sinceMs - b.sinceMs || (a.id < b.id ? -1 : 1);
}

/** How many more may be replaced, and what stands against it. */
function heldBy(nowMs, replicas, done) {
  const known = done.filter(({ atMs }) => nowMs - atMs < FORGET_MS && atMs <= nowMs);
  const futile = known.slice(known.findLastIndex(({ result }) => result === "replaced") + 1);
  const last = futile.at(-1);
  if (last !== undefined) {
    const wait = Math.min(MOST_BACK_OFF_MS, BACK_OFF_MS * 2 ** (futile.length - 1));
    if (nowMs - last.atMs < wait) return { left: 0, by: last.result };
  }
  const replaced = known.filter(({ atMs, result }) => result === "replaced" && nowMs - atMs < BUDGET_MS).length;
  return { left: Math.max(0, Math.max(LEAST_BUDGET, replicas) - replaced), by: "budget" };
}
