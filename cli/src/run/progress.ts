import type { Progress } from "@compose-fleet/process";

/** Where an adapter writes and what time it is (epoch milliseconds). */
export interface ProgressDeps {
  readonly write: (text: string) => void;
  readonly nowMs: () => number;
}

const quietMs = 2_000;
const repeatMs = 5_000;

/** Whole lines, for logs and pipes: a step that takes more than 2 s says so, then every 5 s at most. */
export function createLineProgress(deps: ProgressDeps): Progress {
  return {
    note: (text) => deps.write(`${text}\n`),
    step: (title) => {
      const startedAtMs = deps.nowMs();
      const timer = setTimeout(() => say(""), quietMs);
      timer.unref();
      let saidAtMs = Number.NEGATIVE_INFINITY;
      const say = (text: string) => {
        saidAtMs = deps.nowMs();
        deps.write(`  ... ${title}${text === "" ? "" : `: ${text}`}\n`);
      };
      const end = (mark: string, text: string) => {
        clearTimeout(timer);
        deps.write(`${mark} ${title}: ${text}${took(deps.nowMs() - startedAtMs)}\n`);
      };
      return {
        update: (text) => {
          const now = deps.nowMs();
          if (now - startedAtMs >= quietMs && now - saidAtMs >= repeatMs) say(text);
        },
        done: (text) => end("ok", text),
        fail: (text) => end("FAILED", text),
      };
    },
  };
}

/** One changing line at the bottom of a terminal that is `columns` wide, finished steps above it. */
export function createTerminalProgress(deps: ProgressDeps & { readonly columns: number }): Progress {
  const running = new Map<number, string>();
  let next = 0;
  const clear = "\r\u001b[2K";
  const draw = () => {
    const line = [...running.values()].join(" | ");
    deps.write(`${clear}${line.length < deps.columns ? line : `${line.slice(0, Math.max(0, deps.columns - 2))}…`}`);
  };
  const above = (text: string) => {
    deps.write(`${clear}${text}\n`);
    if (running.size > 0) draw();
  };
  return {
    note: above,
    step: (title) => {
      const id = next++;
      const startedAtMs = deps.nowMs();
      running.set(id, title);
      draw();
      const end = (mark: string, text: string) => {
        running.delete(id);
        above(`${mark} ${title}: ${text}${took(deps.nowMs() - startedAtMs)}`);
      };
      return {
        update: (text) => {
          running.set(id, `${title}: ${text}`);
          draw();
        },
        done: (text) => end("\u001b[32m✓\u001b[0m", text),
        fail: (text) => end("\u001b[31m✗\u001b[0m", text),
      };
    },
  };
}

function took(ms: number): string {
  return ms < 100 ? "" : ` (${(ms / 1000).toFixed(1)} s)`;
}
