import { createRequire } from "node:module";
import type { Terminal } from "@xterm/headless";

// The package is CommonJS: its class is not seen by an import of names.
const { Terminal: HeadlessTerminal } = createRequire(import.meta.url)("@xterm/headless") as {
  Terminal: typeof Terminal;
};

/** What a terminal showed from a moment on, in milliseconds since the first. */
export interface Frame {
  readonly atMs: number;
  /** Rows from the top, without what is blank at their ends. */
  readonly rows: readonly string[];
}

/** A terminal without a window, which remembers what it showed. */
export interface RecordedScreen {
  /** Takes what a program writes, escape sequences included. */
  write(text: string): void;
  /** Every screen that differs from the one before it. */
  frames(): Promise<readonly Frame[]>;
}

export function recordScreen(size: { columns: number; rows: number }, nowMs: () => number): RecordedScreen {
  const terminal = new HeadlessTerminal({
    cols: size.columns,
    rows: size.rows,
    convertEol: true,
    allowProposedApi: true,
  });
  const frames: Frame[] = [];
  const startedAtMs = nowMs();
  const rowsNow = (): string[] => {
    const { active } = terminal.buffer;
    return Array.from(
      { length: size.rows },
      (_, y) => active.getLine(active.viewportY + y)?.translateToString(true) ?? "",
    );
  };
  return {
    write: (text) => {
      const atMs = nowMs() - startedAtMs;
      terminal.write(text, () => {
        const rows = rowsNow();
        const before = frames.at(-1);
        if (before?.rows.every((row, y) => row === rows[y])) return;
        // Several writes within a moment are one screen.
        if (before?.atMs === atMs) frames.pop();
        frames.push({ atMs, rows });
      });
    },
    frames: () => new Promise((resolve) => terminal.write("", () => resolve(frames))),
  };
}
