import { text } from "node:stream/consumers";
import type { WriteStream } from "node:tty";
import { InterruptedError } from "@compose-fleet/process";

const CTRL_C = "\u0003";
const CTRL_D = "\u0004";
const ERASE = new Set(["\u007f", "\b"]);

/** Reads a value that must not be seen: typed without echo at a terminal, else all of what is piped in. */
export async function readHidden(input: NodeJS.ReadStream, output: Pick<WriteStream, "write">, prompt: string) {
  if (!input.isTTY) return text(input);
  output.write(prompt);
  try {
    return await readLine(input);
  } finally {
    output.write("\n");
  }
}

/** What of a terminal's input stream is used. */
interface Keyboard {
  setRawMode(mode: boolean): unknown;
  on(event: "data", listener: (chunk: Buffer) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  off(event: "data", listener: (chunk: Buffer) => void): unknown;
  off(event: "end", listener: () => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

/** One line in raw mode. Rejects with `InterruptedError` at Ctrl-C, which is no signal in that mode. */
export function readLine(input: Keyboard): Promise<string> {
  return new Promise((resolve, reject) => {
    let line: string[] = [];
    const finish = (settle: () => void) => {
      input.off("data", take);
      input.off("end", end);
      input.setRawMode(false);
      input.pause();
      settle();
    };
    const end = () => finish(() => resolve(line.join("")));
    const decoder = new TextDecoder();
    const take = (chunk: Buffer) => {
      for (const key of decoder.decode(chunk, { stream: true })) {
        if (key === CTRL_C) return finish(() => reject(new InterruptedError()));
        if (key === "\r" || key === "\n" || key === CTRL_D) return end();
        line = ERASE.has(key) ? line.slice(0, -1) : [...line, key];
      }
    };
    input.setRawMode(true);
    input.on("data", take);
    input.on("end", end);
    input.resume();
  });
}
