import { spawn } from "node:child_process";

/** What a process took. */
export interface Taken {
  readonly cpuSeconds: number;
  /** The most memory that it held. */
  readonly rssMb: number;
}

/** Runs in the process before its program: at its end it tells what it took. */
const TELL = `data:text/javascript,${encodeURIComponent(`
process.on("exit", () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  process.stderr.write("\\nTAKEN " + JSON.stringify({ cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, rssMb: maxRSS / 1024 }) + "\\n");
});`)}`;

/** Runs Node with these arguments and says what it took. Rejects where it fails, with what it said. */
export function measuredNode(args: readonly string[], stop: AbortSignal): Promise<Taken> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--import", TELL, ...args], {
      stdio: ["ignore", "ignore", "pipe"],
      signal: stop,
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-2_000);
    });
    child.on("error", reject);
    child.on("close", (code) => {
      const [, taken] = /^TAKEN (.+)$/m.exec(said) ?? [];
      if (code === 0 && taken !== undefined) resolve(JSON.parse(taken) as Taken);
      else reject(new Error(`ended with ${code}: ${said.trim()}`));
    });
  });
}
