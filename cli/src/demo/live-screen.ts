import type { Terminal } from "../run/context.ts";
import { type LiveState, liveFrame, liveLine } from "./live-view.ts";

/** Shows the state while a run lasts. */
export interface LiveScreen {
  /** Call it as often as you like: a terminal is drawn over each time, a log gets a line every 5 s. */
  show(state: LiveState): void;
  /** A remark that stays, above the view. */
  say(text: string): void;
  /** Leaves the last view on the screen. */
  end(): void;
}

const lineIntervalSeconds = 5;

/** The live view for this terminal or log. */
export function createLiveScreen(terminal: Pick<Terminal, "isTty" | "columns" | "write">): LiveScreen {
  return terminal.isTty ? drawnScreen(terminal) : lineScreen(terminal);
}

function lineScreen({ write }: Pick<Terminal, "write">): LiveScreen {
  let nextAtSeconds = Number.NEGATIVE_INFINITY;
  return {
    show: (state) => {
      if (state.elapsedSeconds < nextAtSeconds) return;
      nextAtSeconds = state.elapsedSeconds + lineIntervalSeconds;
      write(`${liveLine(state)}\n`);
    },
    say: (text) => write(`${text}\n`),
    end: () => {},
  };
}

function drawnScreen({ write, columns }: Pick<Terminal, "write" | "columns">): LiveScreen {
  let drawn: string[] = [];
  // Up to the first line of the view, and clear from there.
  const erase = () => (drawn.length === 0 ? "" : `\u001b[${drawn.length}A\r\u001b[J`);
  const draw = () => drawn.map((line) => `${line}\n`).join("");
  return {
    show: (state) => {
      const before = erase();
      drawn = liveFrame(state, columns());
      write(before + draw());
    },
    say: (text) => write(`${erase()}${text}\n${draw()}`),
    end: () => {
      drawn = [];
    },
  };
}
