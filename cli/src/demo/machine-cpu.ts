import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";

/** What this machine's CPU did since it was started, in ticks over all cores. */
export interface CpuTimes {
  readonly busy: number;
  /** Time in which there was work, but the host ran something else on the core. */
  readonly stolen: number;
  readonly total: number;
}

/** What the CPU did during the busiest stretch of a run; shares between 0 and 1. */
export interface CpuUse {
  readonly cores: number;
  readonly busy: number;
  readonly stolen: number;
}

/** Length of the stretch that `busiest` looks for, in readings. */
const stretch = 20;

/** The current times; undefined where the kernel has no `/proc/stat`. */
export async function readCpuTimes(): Promise<CpuTimes | undefined> {
  return parseCpuTimes(await readFile("/proc/stat", "utf8").catch(() => ""));
}

/** Reads the first line of `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal, guest, guest_nice (proc_stat(5)). */
export function parseCpuTimes(text: string): CpuTimes | undefined {
  const fields = /^cpu +(.+)$/m.exec(text)?.[1]?.split(/\s+/).map(Number);
  if (fields === undefined || fields.length < 8 || fields.some(Number.isNaN)) return undefined;
  // Guest time, the fields after the eighth, is part of user and nice.
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, stolen = 0] = fields;
  const busy = user + nice + system + irq + softirq;
  return { busy, stolen, total: busy + stolen + idle + iowait };
}

/** The stretch in which least CPU was left over; undefined without two readings. */
export function busiest(readings: readonly CpuTimes[], cores: number = availableParallelism()): CpuUse | undefined {
  const step = Math.min(stretch, readings.length - 1);
  const uses = readings.slice(step).flatMap((end, index) => {
    const start = readings[index];
    const ticks = start === undefined ? 0 : end.total - start.total;
    if (start === undefined || ticks <= 0) return [];
    return [{ cores, busy: (end.busy - start.busy) / ticks, stolen: (end.stolen - start.stolen) / ticks }];
  });
  return uses.sort((a, b) => b.busy + b.stolen - (a.busy + a.stolen))[0];
}
