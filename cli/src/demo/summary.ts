import type { Report } from "./report.ts";
import { causes, checksOf } from "./verdict.ts";

/** The end of a run for people: what it showed, with its numbers. `scaling` off: what the same load does to a fleet that cannot scale. */
export function summaryText(report: Report, scaling: boolean): string {
  const { requests, workers, replicas, reactionSeconds } = report;
  const { cpu } = report;
  const lines = [
    "",
    "Summary",
    `  requests      ${requests.sent} sent, ${requests.failed} failed (${percent(requests.failed, requests.sent)})${causes(report)}`,
    `  latency       p50 ${ms(requests.p50Ms)}, p95 ${ms(requests.p95Ms)}, p99 ${ms(requests.p99Ms)}, counted from when each request was due`,
    `  workers       ${workers.start} -> ${workers.peak} -> ${workers.end}`,
    `  replicas      ${replicas.start} -> ${replicas.peak} -> ${replicas.end}`,
    `  reaction      decision ${spread(reactionSeconds.decision)}, replicas serving ${spread(reactionSeconds.replicaServing)}, workers serving ${spread(reactionSeconds.workerServing)}`,
    `  scaler        ${report.actions} actions, ${report.decisions} recorded decisions, ${report.reversals} reversals, blind for ${report.blindSeconds} s`,
    ...(cpu === undefined ? [] : [`  this machine  ${cpuText(cpu)}`]),
    ...(requests.keepAliveRaces > 0
      ? [
          `  note          ${requests.keepAliveRaces} failures were kept connections that closed under a request: a browser resends those`,
        ]
      : []),
    "",
  ];
  if (!scaling) {
    lines.push(
      `Without scaling: ${percent(requests.failed, requests.sent)} of the requests failed. The run itself completed as asked.`,
    );
    return lines.join("\n");
  }
  const checks = checksOf(report);
  for (const { ok, text } of checks) lines.push(`  ${ok ? "ok    " : "FAILED"} ${text}`);
  lines.push(
    "",
    checks.every((check) => check.ok)
      ? "The fleet scaled itself out and back in."
      : "The run did not show what it should.",
  );
  const wasServed = requests.failed === 0;
  if (!wasServed && cpu !== undefined && cpu.busy + cpu.stolen > 0.97)
    lines.push(
      `All of it ran on the ${cpu.cores} cores of this machine, the load generator included, and they had nothing left over: try a lower --rate.`,
    );
  return lines.join("\n");
}

function cpuText({ cores, busy, stolen }: NonNullable<Report["cpu"]>): string {
  const whole = (share: number) => `${Math.round(100 * share)} %`;
  const taken = stolen >= 0.01 ? `, ${whole(stolen)} taken away by its host` : "";
  return `${cores} cores, ${whole(busy)} busy${taken} in the busiest ten seconds`;
}

function percent(part: number, whole: number): string {
  return whole === 0 ? "none sent" : `${((100 * part) / whole).toFixed(part === 0 ? 0 : 2)} %`;
}

function ms(value: number | null): string {
  return value === null ? "-" : `${Math.round(value)} ms`;
}

/** Median and largest. */
function spread(seconds: readonly number[]): string {
  const sorted = [...seconds].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  return median === undefined ? "-" : `${median} s (max ${sorted.at(-1)} s)`;
}
