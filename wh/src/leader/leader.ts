import type { LeaderView } from "@compose-fleet/wh-api";
import type { Clock } from "../runtime/clock.ts";
import { type Log, messageOf } from "../runtime/log.ts";
import {
  type LeaseCommand,
  type LeaseConfig,
  type LeaseEvent,
  type LeaseState,
  mandateOf,
  nextLeaseCommand,
  onLeaseEvent,
} from "./lease.ts";
import type { Leadership, LeaseStore, Mandate, Renewal } from "./ports.ts";

/** Fences given to commands are the lease's fence times this plus a counter: 15 digits hold both. */
const COUNTER_SPAN = 1_000_000;
/** From here on the leader gives itself a new fence, long before the counter runs out. */
const COUNTER_ENOUGH = 900_000;

export interface LeaderDeps {
  readonly config: LeaseConfig;
  readonly store: LeaseStore;
  readonly clock: Clock;
  readonly log: Log;
  /** A scaler whose loop stands still neither keeps the lease nor takes it. */
  readonly isAlive: () => boolean;
  readonly listener: { readonly onChange: (mandate: Mandate) => void; readonly onStateError: () => void };
}

/** Keeps or watches the lease, on its own timer. */
export interface Leader extends Leadership {
  /** Resolves when the store has been asked once: a lone scaler leads from then on. Never throws. */
  start(): Promise<void>;
  /** Stops asking; lets the lease go, so that the other takes over at once. Never throws. */
  stop(): Promise<void>;
  view(): LeaderView;
}

/** A leader or a standby, whichever the lease says. */
export function createLeader({ config, store, clock, log, isAlive, listener }: LeaderDeps): Leader {
  const { me, ttlMs } = config;
  let state: LeaseState = {};
  let holder: string | null = null;
  let counted = { fence: 0, counter: 0 };
  let lastSentAtMs = Number.NEGATIVE_INFINITY;
  let lastMandate: Mandate = "nothing";
  let isRunning = false;
  let cancel = () => {};

  const now = () => clock.monotonicMs();
  const mandate = () => mandateOf(state, now(), config);
  const apply = (event: LeaseEvent) => {
    state = onLeaseEvent(state, event, config);
    if (event.kind === "read" && event.lease && !state.tenure) holder = event.lease.holder;
    if (state.tenure) holder = me;
    announce();
  };
  const announce = () => {
    const current = mandate();
    if (current === lastMandate) return;
    lastMandate = current;
    log.info({ mandate: current, holder, fence: state.tenure?.fence }, "leadership changed");
    listener.onChange(current);
  };
  const unanswered = (sentAtMs: number, error: unknown) => {
    listener.onStateError();
    log.error({ problem: messageOf(error) }, "the lease cannot be read or written");
    apply({ kind: "unanswered", sentAtMs, atMs: now() });
  };
  const renew = async (fence: number, renewal: Renewal): Promise<"held" | "lost" | "unknown"> => {
    const sentAtMs = now();
    try {
      if ((await store.renew({ holder: me, fence, ttlMs }, renewal)) === "lost") {
        apply({ kind: "lost", fence });
        return "lost";
      }
      const { nextFence } = renewal;
      apply({ kind: "renewed", fence, sentAtMs, ...(nextFence === undefined ? {} : { nextFence }) });
      return "held";
    } catch (error) {
      unanswered(sentAtMs, error);
      return "unknown";
    }
  };
  const carryOut = async (command: LeaseCommand): Promise<void> => {
    const sentAtMs = now();
    if (command.kind === "renew") {
      const isUsedUp = counted.fence === command.fence && counted.counter >= COUNTER_ENOUGH;
      await renew(command.fence, isUsedUp ? { nextFence: command.fence + 1 } : {});
      return;
    }
    try {
      if (command.kind === "read") return apply({ kind: "read", lease: await store.read(), atMs: now() });
      const { seen, fence } = command;
      const result = await store.take(seen, { holder: me, fence, ttlMs });
      apply(result === "lost" ? { kind: "lost", fence } : { kind: "taken", fence, sentAtMs });
    } catch (error) {
      unanswered(sentAtMs, error);
    }
  };
  const step = async () => {
    const { command } = nextLeaseCommand(state, lastSentAtMs, config);
    lastSentAtMs = now();
    if (isAlive() || command.kind === "read") await carryOut(command);
    announce();
  };
  const schedule = () => {
    if (!isRunning) return;
    const { dueAtMs } = nextLeaseCommand(state, lastSentAtMs, config);
    // Never without a pause: a store that refuses at once must not be asked in a tight loop.
    cancel = clock.after(Math.max(10, Math.min(dueAtMs - now(), config.renewMs)), () => void step().then(schedule));
  };

  return {
    mandate,
    nextFence: () => {
      if (!state.tenure) return undefined;
      const { fence } = state.tenure;
      counted = { fence, counter: counted.fence === fence ? counted.counter + 1 : 1 };
      return counted.counter < COUNTER_SPAN ? fence * COUNTER_SPAN + counted.counter : undefined;
    },
    confirm: async (actionId) => (state.tenure ? renew(state.tenure.fence, { actionId }) : "lost"),
    start: async () => {
      if (isRunning) return;
      isRunning = true;
      await step();
      if (nextLeaseCommand(state, lastSentAtMs, config).command.kind === "take") await step();
      schedule();
    },
    stop: async () => {
      isRunning = false;
      cancel();
      const { tenure } = state;
      state = {};
      if (!tenure) return;
      try {
        await store.renew({ holder: me, fence: tenure.fence, ttlMs }, { release: true });
      } catch (error) {
        log.warn({ problem: messageOf(error) }, "the lease was not released, the other scaler takes over when it ends");
      }
    },
    view: () => ({
      holder,
      isMe: mandate() !== "nothing",
      fence: state.tenure?.fence ?? state.seen?.lease?.fence ?? null,
      mandate: mandate(),
    }),
  };
}
