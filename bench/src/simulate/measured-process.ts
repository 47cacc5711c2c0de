import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** What a process took. */
export interface Taken {
  readonly cpuSeconds: number;
  /** The most memory that it held. */
  readonly rssMb: number;
}

/** Linux counts CPU in these. */
const TICKS_PER_SECOND = 100;
const LOOK_MS = 50;

/**
 * Runs Node with these arguments and says what it took, as the kernel counts it. The last 50 ms may be missing. Rejects where it fails, with what
 * it said.
 */
export function measuredNode(args: readonly string[], stop: AbortSignal): Promise<Taken> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"], signal: stop });
    let said = "";
    let taken: Taken = { cpuSeconds: 0, rssMb: 0 };
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-2_000);
    });
    const look = setInterval(() => {
      taken = takenBy(child.pid) ?? taken;
    }, LOOK_MS);
    child.on("error", (error) => {
      clearInterval(look);
      reject(error);
    });
    child.on("close", (code) => {
      clearInterval(look);
      if (code === 0) resolve(taken);
      else reject(new Error(`ended with ${code}: ${said.trim()}`));
    });
  });
}

/** What a process has taken so far; undefined where it is gone. */
function takenBy(pid: number | undefined): Taken | undefined {
  try {
    // After the name, which is in brackets and may hold anything: state is the 3rd field, user and system time the 14th and 15th.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\)/s, "").trim().split(" ");
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    if (kilobytes === undefined) return undefined;
    return {
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
      rssMb: Number(kilobytes) / 1024,
    };
  } catch {
    return undefined;
  }
}
