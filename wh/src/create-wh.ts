import type { FleetConfig } from "@compose-fleet/fleet";
import { decide, type Override, proposeSteps, replicaBaseline } from "@compose-fleet/policy";
import type { Express } from "express";
import { createActuator } from "./act/actuator.ts";
import { createBaselineKeeper } from "./act/baseline-keeper.ts";
import { carriedOut } from "./act/dry-run.ts";
import { createTerminationKeeper } from "./act/termination-keeper.ts";
import type { ConsoleFiles } from "./console/console-files.ts";
import { createConsole } from "./console/create-console.ts";
import { createApp } from "./http/app.ts";
import { createJobKeeper } from "./jobs/job-keeper.ts";
import { createJobViews } from "./jobs/job-views.ts";
import { createLeader } from "./leader/leader.ts";
import { leaseConfig } from "./leader/lease-config.ts";
import { budgetLimit } from "./limits/budget-limit.ts";
import { createScheduledLimits } from "./limits/scheduled-limits.ts";
import { recordOfOverride } from "./loop/decision-record.ts";
import { createJournal } from "./loop/journal.ts";
import { type Listener, listenersOf, whileLeading } from "./loop/listener.ts";
import { createLoop } from "./loop/loop.ts";
import { createPace } from "./loop/pace.ts";
import { createTick } from "./loop/tick.ts";
import type { TickResult } from "./loop/tick-result.ts";
import { createMetrics } from "./metrics/metrics.ts";
import { createNoticeReader } from "./notices/notice-reader.ts";
import { createAnnouncer } from "./notify/announcer.ts";
import { createFleetNews } from "./notify/fleet-news.ts";
import { createDemandHistory } from "./observe/demand-history.ts";
import { createObserver } from "./observe/observer.ts";
import { createPull } from "./releases/create-pull.ts";
import { type Clock, wallOf } from "./runtime/clock.ts";
import type { Log } from "./runtime/log.ts";
import { createAttempts } from "./session/attempts.ts";
import { createSessions } from "./session/sessions.ts";
import { createHeldSteps } from "./state/held-steps.ts";
import { createOverrides } from "./state/overrides.ts";
import { createViews } from "./views/views.ts";
import { createInbox } from "./webhook/inbox.ts";
import { createReceiptAnswers } from "./webhook/receipt-answers.ts";
import { createReceipts } from "./webhook/receipts.ts";
import type { WhPorts } from "./wh-ports.ts";

export interface WhDeps {
  readonly config: {
    readonly fleet: FleetConfig;
    readonly hold: boolean;
    /** Differs from every other scaler's, also from this one's before a restart. */
    readonly holder: string;
  };
  readonly tokens: { readonly alertsToken: string; readonly apiToken: string };
  readonly ports: WhPorts;
  /** Undefined where it was not built. */
  readonly consoleFiles?: ConsoleFiles | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
}

/** The scaler, built but not running. */
export interface Wh {
  readonly app: Express;
  /** Reads earlier decisions and starts the loop. */
  start(): Promise<void>;
  /** Ends the loop, lets actions under way end (at most 10 s), writes what waits. */
  stop(): Promise<void>;
}

const STOP_MS = 10_000;
/** A loop that has not ended a tick for this long, or for three idle intervals, stands still. */
const STILL_MS = 60_000;

/** Puts the scaler together from its parts. */
export function createWh({ config, tokens, ports, consoleFiles, clock, log, newId }: WhDeps): Wh {
  const { fleet } = config;
  const hold = config.hold || fleet.scaling.dryRun;
  const metrics = createMetrics(fleet);
  const onStateError = metrics.stateFailed;
  const announcer = createAnnouncer({
    channels: ports.channels,
    clock,
    log,
    title: `fleet ${fleet.name} (${fleet.environment})`,
  });
  const news = createFleetNews(fleet, (line, weight) => {
    // People hear everything once, from the one who acts.
    if (leader.mandate() !== "nothing") announcer.say(line, weight);
  });
  const journal = createJournal({ store: ports.state, clock, log, onStateError });
  const overrides = createOverrides({ store: ports.state, clock, log, onStateError });
  const scheduled = createScheduledLimits(fleet, clock);
  const budget = budgetLimit(fleet);
  if (budget.problem !== undefined) log.warn({ problem: budget.problem }, "the budget");
  const standingLimits = () => [...scheduled(), ...budget.limits];
  const heldSteps = createHeldSteps({ store: ports.state, clock, log, onStateError });
  const receipts = createReceipts();
  const baseline = createBaselineKeeper(ports.baseline, log);
  const pace = createPace(fleet, clock);
  const demandHistory = createDemandHistory({ config: fleet, clock, history: ports.history, log });
  let lastTick: TickResult | undefined;
  let lastTickMs = clock.monotonicMs();

  const wake = () => loop.wake();
  const inbox = createInbox({ clock, log, receipts, services: Object.keys(fleet.services), newId, wake });
  const leader = createLeader({
    config: leaseConfig(config.holder, fleet, clock),
    store: ports.lease,
    clock,
    log,
    isAlive: () => clock.monotonicMs() - lastTickMs < Math.max(STILL_MS, 3000 * fleet.scaling.loop.idleSeconds),
    listener: {
      onStateError,
      onChange: (mandate) => {
        if (mandate !== "everything") return;
        announcer.say(`the scaler ${config.holder} leads`);
        // What the other one did, and was told, until now.
        void journal.load();
        overrides.readAnew();
        wake();
      },
    },
  });
  metrics.watchLeadership(() => leader.mandate() !== "nothing");
  const actuator = createActuator({
    config: fleet,
    clock,
    log,
    group: ports.group,
    replicas: ports.replicas,
    drains: ports.drains,
    actions: ports.state,
    leadership: leader,
    hold,
    onStateError,
  });

  const terminations = createTerminationKeeper({
    clock,
    log,
    drains: ports.drains,
    hook: ports.hook,
    nextFence: () => (leader.mandate() === "nothing" ? undefined : leader.nextFence()),
  });

  const jobs = createJobKeeper({
    config: fleet,
    ...ports.jobs,
    clock,
    log,
    leadership: leader,
    say: announcer.say,
  });

  const listeners: readonly Listener[] = [
    {
      onTick: (result) => {
        lastTick = result;
        lastTickMs = clock.monotonicMs();
      },
    },
    metrics,
    news,
    pace,
    ...(hold
      ? []
      : [
          whileLeading(({ decisions, observation }) =>
            baseline.update(replicaBaseline(carriedOut(decisions, fleet), observation)),
          ),
          whileLeading(({ leaving, observation }) => (observation.group.ok ? terminations.update(leaving) : undefined)),
          whileLeading(({ observation }) => jobs.update(observation)),
          logged(log),
        ]),
    whileLeading(({ records }) => {
      for (const record of records) journal.record(record);
    }),
    { onOutcome: (record, outcome) => journal.record({ ...record, outcome: { ...outcome, atMs: clock.nowMs() } }) },
    { onTick: createReceiptAnswers({ receipts, inbox, log, holder: () => leader.view().holder }) },
    // Last: what it shows has been noted by the others.
    { onTick: (result) => console.onTick(result), onOutcome: () => console.feed.changed() },
  ];

  const notices = createNoticeReader({
    queue: ports.events,
    clock,
    log,
    isLeading: () => leader.mandate() !== "nothing",
    onEvent: metrics.eventRead,
    wake,
  });
  const tick = createTick({
    config: fleet,
    clock,
    observe: createObserver({
      config: fleet,
      clock,
      metrics: ports.metrics,
      group: notices.withNotices(ports.group),
    }),
    proposeSteps,
    decide,
    actuator,
    sources: {
      takeReceipts: receipts.takeQueued,
      signals: () => inbox.signals().map(({ signal }) => signal),
      overrides: async () =>
        (await overrides.active()).map(({ override, endsAtMs }) => ({ ...override, expiresAtMs: endsAtMs })),
      limits: standingLimits,
      history: demandHistory.read,
      newId,
      isStandby: () => leader.mandate() === "nothing",
      // Without the table the last leader goes by its own memory.
      settleSteps: async (steps) => (leader.mandate() === "everything" ? heldSteps.settle(steps) : steps),
    },
    listener: listenersOf(listeners),
    hold,
  });
  const loop = createLoop({
    clock,
    log,
    tick: async () => void (await tick()),
    intervalMs: () => pace.intervalMs(inbox.signals().length > 0),
    onFailure: metrics.tickFailed,
  });
  const pull = createPull({
    config,
    ports: ports.pull,
    pullLog: ports.state,
    asks: ports.jobs.runs,
    permit: { leadership: leader, actions: ports.state, log, onStateError },
    clock,
    fleet: { newId, lastTick: () => lastTick, say: announcer.say },
  });
  const views = createViews({
    config: fleet,
    hold,
    journal,
    receipts,
    live: {
      lastTick: () => lastTick,
      limits: standingLimits,
      signals: inbox.signals,
      inFlight: actuator.inFlight,
      blindSeconds: metrics.blindSeconds,
      leader: leader.view,
      releases: () => pull?.view() ?? null,
      startedAtMs: clock.nowMs(),
      wallMs: (monotonicMs) => wallOf(clock, monotonicMs),
    },
  });
  const sessions = createSessions({ token: tokens.apiToken, clock, newId });
  const console = createConsole({
    config: fleet,
    files: consoleFiles,
    clock,
    metrics: ports.metrics,
    live: {
      views,
      status: async () => views.status((await overrides.active()).map(({ override }) => override)),
      lastTick: () => lastTick,
    },
  });
  const api = {
    token: tokens.apiToken,
    sessions,
    config: fleet,
    views,
    overrides,
    audit: (override: Override, ended?: { readonly by: string }) =>
      journal.record(recordOfOverride(override, { id: newId(), atMs: clock.nowMs(), ...(ended && { ended }) })),
    newOverride: () => ({ id: newId(), nowMs: clock.nowMs() }),
    jobs: createJobViews({ config: fleet, runs: ports.jobs.runs, clock }),
    wake,
  };

  return {
    app: createApp({
      alertsToken: tokens.alertsToken,
      inbox,
      api,
      console,
      signIn: { token: tokens.apiToken, sessions, attempts: createAttempts(clock), clock },
      metrics,
      log,
      isReady: () => lastTick !== undefined,
    }),
    start: async () => {
      await journal.load();
      lastTickMs = clock.monotonicMs();
      await leader.start();
      demandHistory.start();
      loop.start();
      notices.start();
      pull?.start();
    },
    stop: async () => {
      demandHistory.stop();
      console.feed.close();
      await Promise.all([loop.stop(), notices.stop(), pull?.stop()]);
      let cancel = () => {};
      const deadline = new Promise<void>((resolve) => {
        cancel = clock.after(STOP_MS, resolve);
      });
      await Promise.race([Promise.all([actuator.idle(), jobs.idle()]), deadline]);
      cancel();
      await leader.stop();
      await Promise.all([journal.close(), announcer.flush()]);
    },
  };
}

/** Writes the end of each action to the log. */
function logged(log: Log): Listener {
  return { onOutcome: (record, outcome) => log.info({ record, outcome }, "action ended") };
}
