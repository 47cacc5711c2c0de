import { readdir, readFile } from "node:fs/promises";

/** Every process that a fleet starts has this variable, so that what a killed fleet left behind can be told from anything else. */
export const PROCESS_MARK = "COMPOSE_FLEET_LOCAL_STATE";

/** Kills the processes that carry the mark with this state folder, and nothing else. Idempotent; this process is spared. */
export async function killMarked(stateDir: string): Promise<void> {
  const mark = `${PROCESS_MARK}=${stateDir}`;
  for (let round = 0; round < 5; round += 1) {
    const found = await markedProcesses(mark);
    if (found.length === 0) return;
    for (const pid of found) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended meanwhile.
      }
    }
  }
}

async function markedProcesses(mark: string): Promise<number[]> {
  const entries = await readdir("/proc").catch(() => []);
  const pids = entries
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => pid !== process.pid);
  const marked = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
      return environment.split("\0").includes(mark);
    }),
  );
  return pids.filter((_pid, index) => marked[index]);
}
