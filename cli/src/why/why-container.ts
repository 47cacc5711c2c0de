import { CliError } from "@compose-fleet/process";
import { decisionText, type RecordedDecision } from "@compose-fleet/wh-api";
import { containersOf, type FleetContainer } from "../containers/containers.ts";
import { readAudit } from "../decisions/audit.ts";
import { shownText } from "../logs/split-lines.ts";
import { span } from "../status/ago.ts";
import type { FleetTarget } from "../target/fleet-target.ts";
import { type Cause, causeOf } from "./cause.ts";
import { decisionOfReplica } from "./deciding.ts";
import { type EndedContainer, parseRecord, recordScript } from "./ended-record.ts";
import type { Subject } from "./subject.ts";

/** Around an end, milliseconds: what was decided then may be why. */
const AROUND_MS = 1_900_000;

/** Why a replica is there, or is gone. */
export interface ContainerAnswer {
  /** Those that run now. */
  readonly running: readonly FleetContainer[];
  /** The newest end; undefined where none was written down. */
  readonly ended?: EndedContainer & { readonly cause: Cause };
  readonly decision?: RecordedDecision;
  /** What could not be asked. */
  readonly problems: readonly string[];
}

/** Asks every worker, or the one that is meant, for the newest end that it wrote down. Throws `CliError` where there is nothing to tell. */
export async function whyContainer(
  { machines, scaler }: Pick<FleetTarget, "machines" | "scaler">,
  subject: Subject & { readonly kind: "container" },
): Promise<ContainerAnswer> {
  const { worker, service, replica, pattern } = subject;
  const all = (await machines.list()).filter(({ kind }) => kind === "workers");
  const those = all.filter(({ id }) => worker === undefined || id === worker);
  if (those.length === 0)
    throw new CliError(
      worker === undefined
        ? "No worker runs that could say why."
        : `The worker ${worker} is gone, and with it what it wrote down. Why it went: fleet why ${worker}. What its containers printed: fleet logs ${worker}, on AWS.`,
    );
  const [found, { containers, problems }] = await Promise.all([
    Promise.all(
      those.map(async (machine) => {
        const { exitCode, stdout } = await machines.run(machine, recordScript(pattern)).catch((error: unknown) => {
          if (error instanceof CliError) return { exitCode: 1, stdout: "" };
          throw error;
        });
        return exitCode === 0 ? parseRecord(machine.id, stdout) : undefined;
      }),
    ),
    containersOf(machines, those),
  ]);
  const ended = found.filter((each) => each !== undefined).sort((a, b) => b.record.endedAtMs - a.record.endedAtMs)[0];
  const running = containers.filter(
    (each) =>
      each.state === "running" &&
      (service === undefined ? ended?.record.id.startsWith(each.id) : each.service === service) &&
      (replica === undefined || each.replica === replica),
  );
  if (ended === undefined) {
    if (running.length > 0) return { running, problems };
    throw new CliError(
      `No worker knows of such a replica, nor wrote down that one ended. ${problems.join(" ")}`.trim(),
    );
  }
  const { endedAtMs } = ended.record;
  const decisions: RecordedDecision[] = [];
  // Without a scaler the record still says what it says.
  const unasked = await (async () => {
    for await (const decision of readAudit(scaler, { sinceMs: endedAtMs - AROUND_MS, untilMs: endedAtMs + 6_000 }))
      decisions.push(decision);
    return [];
  })().catch((error: unknown) => {
    if (error instanceof CliError) return [error.message];
    throw error;
  });
  const cause = causeOf(ended.record);
  const isDecided = cause.kind === "scaled-in" || cause.kind === "told";
  const decision = isDecided
    ? decisionOfReplica(decisions, { machine: ended.machine, service: ended.record.service, endedAtMs })
    : undefined;
  return { running, ended: { ...ended, cause }, ...(decision && { decision }), problems: [...problems, ...unasked] };
}

/** The answer for people. */
export function containerLines({ running, ended, decision, problems }: ContainerAnswer, nowMs: number): string[] {
  const lines = running.map(
    ({ machine, service, replica, status }) => `${machine}/${service}-${replica} runs: ${status}`,
  );
  if (ended !== undefined) {
    const { machine, record, cause, log } = ended;
    const startedMs = Date.parse(record.startedAt ?? "");
    lines.push(
      `${machine}/${record.service}-${record.replica} ${cause.text}`,
      `  ${span(nowMs - record.endedAtMs)} ago, ${new Date(record.endedAtMs).toISOString()}${Number.isNaN(startedMs) ? "" : `, after ${span(record.endedAtMs - startedMs)}`}${record.times > 1 ? `; ${record.times} times` : ""}`,
      `  container ${record.id.slice(0, 12)}${record.image === undefined ? "" : ` of ${record.image}`}`,
      ...(decision === undefined
        ? []
        : [`  decided ${new Date(decision.atMs).toISOString()}: ${decisionText(decision)}`]),
      log.length === 0 ? "  it printed nothing" : `  its last ${log.length} lines:`,
      ...log.map((line) => `    ${shownText(line)}`),
    );
  } else lines.push("No end of it was written down.");
  return [...lines, ...problems.map((problem) => `! ${problem}`)];
}
