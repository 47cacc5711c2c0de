import { type FaultName, hitsOneWorker } from "@compose-fleet/local-fleet/session";
import { CliError, pollUntil } from "@compose-fleet/process";
import { failuresOn } from "./attribute-failures.ts";
import type { ChaosFleet, RunDeps, RunOptions } from "./chaos-fleet.ts";
import { inForceFor, losesWorker, traitsOf } from "./faults.ts";
import { judgeRun } from "./judge-run.ts";
import type { JudgedRun } from "./result.ts";
import { linesOf } from "./told.ts";
import { type FleetWatch, pollMs, watchFleet } from "./watch-fleet.ts";

const settleLimitMs = 120_000;
const recoveryLimitMs = 90_000;
/** A message may wait this long: for others to go with it, for patience that Telegram asks for, for Alertmanager's group. */
const newsLimitMs = 60_000;

/** A worker that a fault hits. */
interface Victim {
  readonly id: string;
  readonly address: string;
}

/**
 * One run: at target → the faults → undone → back at target. The load goes on all the time, and the run's requests are those that
 * were due from the first fault until the fleet was back. Throws `CliError` when the fleet is not at target to begin with.
 */
export async function runFaults(deps: RunDeps, options: RunOptions): Promise<JudgedRun> {
  const { fleet, nowMs } = deps;
  const inForce = inForceFor(options.faults);
  const seconds = Math.max(options.seconds, ...inForce.map((name) => traitsOf(name).lastsSeconds ?? 0));
  const watch = watchFleet(deps, options);
  if ((await watch.untilAtTarget(settleLimitMs, "getting to the target")) === undefined)
    throw new CliError(
      `The fleet did not get to its target before ${options.faults.join(" + ")}: ${await watch.look()}.`,
    );
  const startedAtMs = nowMs();
  const sentBefore = fleet.load.counts().sent;
  const target = inForce.some(hitsOneWorker) ? await pickVictim(fleet) : undefined;
  const lost = inForce.some(losesWorker) ? target : undefined;
  watch.begin(lost?.id);

  await inflict(deps, watch, { inForce, seconds, target });
  const servingAtEnd = watch.seen().serving.at(-1) ?? 0;
  const undoneAtMs = nowMs();
  const backAtMs = await watch.untilAtTarget(recoveryLimitMs, "getting back to the target");
  // Requests that were under way when it was back get their answer, or their timeout, before they are counted.
  const endedAtMs = nowMs();
  const sent = fleet.load.counts().sent - sentBefore;
  deps.update("waiting for the last answers");
  await deps.sleep(fleet.load.timeoutMs + 1_000);

  const failures = fleet.load.failures().filter(({ dueAtMs }) => dueAtMs >= startedAtMs && dueAtMs < endedAtMs);
  const onDead =
    lost === undefined
      ? []
      : failuresOn(new Set([lost.address]), failures, await fleet.sessionsSince(startedAtMs - 1_000));
  const expected = inForce.flatMap((name) => traitsOf(name).told ?? []);
  const heard = await untilTold(deps, startedAtMs, expected);
  const changes = await fleet.history.changesSince(startedAtMs);
  const what = { inForce, seconds, isWorkerLost: lost !== undefined, servingAtEnd, expected, heard, changes };
  return judgeRun({ ...what, seen: watch.seen(), undoneAtMs, backAtMs, sent, failures, onDead }, options);
}

/** Keeps the faults in force for so long, and undoes them whatever happens. */
async function inflict(
  deps: RunDeps,
  watch: FleetWatch,
  {
    inForce,
    seconds,
    target,
  }: { readonly inForce: readonly FaultName[]; readonly seconds: number; readonly target: Victim | undefined },
): Promise<void> {
  const { fleet, nowMs } = deps;
  const ids: string[] = [];
  try {
    for (const name of inForce)
      ids.push(
        await fleet.faults.start({
          name,
          // A safety net, should this process die.
          forSeconds: seconds + 60,
          ...(target !== undefined && hitsOneWorker(name) ? { worker: target.id } : {}),
        }),
      );
    const inForceAtMs = nowMs();
    while (nowMs() - inForceAtMs < seconds * 1000) {
      const missing = await watch.look();
      deps.update(
        `in force for ${Math.round((nowMs() - inForceAtMs) / 1000)} s${missing === undefined ? "" : `: ${missing}`}`,
      );
      await deps.sleep(pollMs);
    }
  } finally {
    for (const id of ids.reverse()) await fleet.faults.end(id);
  }
}

/** What people heard since then, once they have heard all that they have to, or it is late. */
async function untilTold(deps: RunDeps, sinceMs: number, expected: readonly RegExp[]): Promise<readonly string[]> {
  let lines: readonly string[] = [];
  const look = async () => {
    lines = linesOf((await deps.fleet.messages()).filter(({ atMs }) => atMs >= sinceMs));
    if (expected.every((pattern) => lines.some((line) => pattern.test(line)))) return true;
    deps.update("waiting for people to hear of it");
    return undefined;
  };
  await pollUntil(look, { clock: deps, everyMs: pollMs, limitMs: newsLimitMs });
  return lines;
}

async function pickVictim(fleet: ChaosFleet): Promise<Victim> {
  const worker = (await fleet.status()).workers.findLast(({ target }) => target === "healthy");
  if (worker === undefined) throw new CliError("No worker is healthy: there is none to break.");
  return { id: worker.id, address: worker.address };
}
