import type { Beat, LookAnswer } from "@compose-fleet/wh-api";
import type { Clock } from "../runtime/clock.ts";

/** Somebody who watches. */
export interface Watcher {
  /** Takes bytes; false while earlier ones are still on their way, and these were not taken. */
  send(bytes: Buffer): boolean;
  /** Whether it may go on watching: its session may have ended. */
  mayWatch(): boolean;
  end(): void;
}

/** Server-sent events for all who watch: a look when something has changed, a beat when nothing has. */
export interface Feed {
  /** Whether there is room for one more. */
  hasRoom(): boolean;
  /** Starts with a whole look; the returned function ends it. */
  add(watcher: Watcher): () => void;
  /** Something has changed. */
  changed(): void;
  watchers(): number;
  close(): void;
}

export interface FeedDeps {
  readonly clock: Clock;
  readonly look: (sinceMs?: number) => Promise<LookAnswer>;
  /** Reads what is read only while somebody watches; resolves to whether there is news. */
  readonly refresh: () => Promise<boolean>;
}

const MOST_WATCHERS = 64;
const BEAT_MS = 5_000;
const SET_MS = 1_000;
/** Outcomes of one tick come together. */
const GATHER_MS = 200;

/** An event as server-sent bytes. */
export function eventOf(name: string, data: object): Buffer {
  // JSON has no line breaks, which would end the event's data.
  return Buffer.from(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** The feed. Each look is written once, whoever many watch; who does not keep up gets a whole one when they do. */
export function createFeed({ clock, look, refresh }: FeedDeps): Feed {
  /** Whether each has all that was sent before. */
  const watching = new Map<Watcher, boolean>();
  let sent = { wallMs: clock.nowMs(), monotonicMs: clock.monotonicMs() };
  let cancelBeat: (() => void) | undefined;
  let cancelPush: (() => void) | undefined;
  let isPushing = false;
  let isDue = false;

  const drop = (watcher: Watcher) => {
    watching.delete(watcher);
    if (watching.size > 0) return;
    cancelBeat?.();
    cancelBeat = undefined;
  };
  const allBehind = () => {
    for (const watcher of watching.keys()) watching.set(watcher, false);
  };
  const push = async () => {
    const before = sent;
    sent = { wallMs: clock.nowMs(), monotonicMs: clock.monotonicMs() };
    const answer = await look(before.wallMs);
    // Somebody has set the machine's clock: "since" means nothing, and all times are others.
    const isSet = Math.abs(sent.wallMs - before.wallMs - (sent.monotonicMs - before.monotonicMs)) > SET_MS;
    if (isSet) allBehind();
    let [news, whole]: (Buffer | undefined)[] = [];
    for (const [watcher, isUpToDate] of [...watching]) {
      if (isUpToDate) news ??= eventOf("look", answer);
      else whole ??= eventOf("look", await look());
      const bytes = isUpToDate ? news : whole;
      if (bytes && watching.has(watcher)) watching.set(watcher, watcher.send(bytes));
    }
  };
  /** One after the other, so that nobody sees an older look after a newer one. A look that fails leaves all behind, until the next change or beat. */
  const changed = () => {
    if (watching.size === 0) return;
    if (isPushing) {
      isDue = true;
      return;
    }
    cancelPush ??= clock.after(GATHER_MS, () => {
      cancelPush = undefined;
      isPushing = true;
      void push()
        .catch(allBehind)
        .finally(() => {
          isPushing = false;
          if (isDue) changed();
          isDue = false;
        });
    });
  };
  const beat = () => {
    cancelBeat = clock.after(BEAT_MS, () => {
      const bytes = eventOf("beat", { nowMs: clock.nowMs() } satisfies Beat);
      const signedOut = eventOf("signed-out", {});
      let isBehind = false;
      for (const [watcher, isUpToDate] of [...watching]) {
        if (!watcher.mayWatch()) {
          watcher.send(signedOut);
          watcher.end();
          drop(watcher);
          continue;
        }
        watcher.send(bytes);
        isBehind ||= !isUpToDate;
      }
      if (isBehind) changed();
      void refresh().then((isNews) => isNews && changed());
      if (watching.size > 0) beat();
    });
  };

  return {
    hasRoom: () => watching.size < MOST_WATCHERS,
    add: (watcher) => {
      watching.set(watcher, false);
      if (watching.size === 1) beat();
      void refresh().then(changed);
      changed();
      return () => drop(watcher);
    },
    changed,
    watchers: () => watching.size,
    close: () => {
      cancelPush?.();
      for (const watcher of [...watching.keys()]) {
        watcher.end();
        drop(watcher);
      }
    },
  };
}
