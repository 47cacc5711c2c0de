import { type LookAnswer, paths } from "@compose-fleet/wh-api";
import type { Link } from "../model/page-state.ts";
import type { Ask, OpenStream, PageClock } from "./ports.ts";
import { readBeat, readLook, readProblem } from "./read-look.ts";

export interface ConnectionDeps {
  readonly ask: Ask;
  readonly openStream: OpenStream;
  readonly clock: PageClock;
  /** From when on looks are new, epoch milliseconds of the scaler; undefined: none has been seen. */
  readonly knownUntil: () => number | undefined;
  readonly onLook: (look: LookAnswer) => void;
  readonly onTime: (serverMs: number) => void;
  readonly onLink: (link: Link) => void;
}

/** Hears of the fleet while somebody looks. */
export interface Connection {
  start(): void;
  /** Hears nothing until it is started again: the page is hidden. */
  stop(): void;
}

const POLL_MS = 3_000;
const SLOWEST_POLL_MS = 30_000;
/** The stream begins with a look, and has a beat every 5 s: silent for longer, something between holds it back. */
const FIRST_EVENT_MS = 4_000;
const SILENT_MS = 12_000;
/** How often a stream that failed is tried again. */
const AGAIN_MS = 60_000;

/**
 *   start ─► one look ─✗─► lost ─► asks again, later each time
 *                │  └ 401 ─► signed out: nothing more until somebody signs in
 *                ▼
 *            the stream ─ silent, ended or not to be had ─► asks every 3 s; tries the stream again after a minute
 */
export function createConnection(deps: ConnectionDeps): Connection {
  const { ask, clock, knownUntil, onLink, onLook, onTime, openStream } = deps;
  /** Counts starts and stops: what was begun before the last one is not listened to. */
  let turn = 0;
  let failures = 0;
  let closeStream: (() => void) | undefined;
  let cancelPoll = () => {};
  let cancelWatch = () => {};
  let streamFromMs = Number.NEGATIVE_INFINITY;

  const end = () => {
    turn++;
    cancelPoll();
    cancelWatch();
    closeStream?.();
    closeStream = undefined;
  };
  const signOut = (problem?: string) => {
    end();
    onLink({ kind: "signed-out", ...(problem !== undefined && { problem }) });
  };
  const withoutStream = () => {
    closeStream?.();
    closeStream = undefined;
    cancelWatch();
    streamFromMs = clock.pageMs() + AGAIN_MS;
    void poll();
  };
  const watch = (limitMs: number) => {
    cancelWatch();
    cancelWatch = clock.after(limitMs, withoutStream);
  };
  const stream = () => {
    const mine = turn;
    if (openStream === undefined || clock.pageMs() < streamFromMs) return false;
    watch(FIRST_EVENT_MS);
    closeStream = openStream(`${paths.api}${paths.stream}`, {
      onEvent: (name, data) => {
        if (mine !== turn) return;
        if (name === "signed-out") return signOut();
        const look = name === "look" ? readLook(data) : undefined;
        const serverMs = look?.nowMs ?? readBeat(data);
        if (serverMs === undefined) return;
        watch(SILENT_MS);
        onLink({ kind: "live" });
        if (look) onLook(look);
        else onTime(serverMs);
      },
      onEnd: () => {
        if (mine === turn) withoutStream();
      },
    });
    return true;
  };
  const poll = async () => {
    const mine = turn;
    const since = knownUntil();
    const path = `${paths.api}${paths.look}${since === undefined ? "" : `?since=${since}`}`;
    const outcome = await asked(ask, path);
    if (mine !== turn) return;
    if ("look" in outcome) {
      failures = 0;
      onLook(outcome.look);
      if (closeStream !== undefined || stream()) return;
      onLink({ kind: "polling" });
    } else if (outcome.isSignedOut) return signOut(since === undefined ? undefined : outcome.problem);
    else {
      failures++;
      onLink({ kind: "lost", problem: outcome.problem });
    }
    cancelPoll();
    cancelPoll = clock.after(Math.min(SLOWEST_POLL_MS, POLL_MS * 2 ** Math.min(failures, 10)), () => void poll());
  };

  return {
    start: () => {
      end();
      failures = 0;
      streamFromMs = Number.NEGATIVE_INFINITY;
      void poll();
    },
    stop: end,
  };
}

type Outcome = { readonly look: LookAnswer } | { readonly isSignedOut: boolean; readonly problem: string };

async function asked(ask: Ask, path: string): Promise<Outcome> {
  try {
    const answer = await ask(path, { method: "GET" });
    const text = await answer.text();
    if (answer.status !== 200) return { isSignedOut: answer.status === 401, problem: readProblem(answer.status, text) };
    const look = readLook(text);
    return look
      ? { look }
      : { isSignedOut: false, problem: "what answers is not the scaler, or another version of it" };
  } catch {
    return { isSignedOut: false, problem: "nothing answers at this address" };
  }
}
