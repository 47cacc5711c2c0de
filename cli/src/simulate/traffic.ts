import { checkWritable, readFleetDocument, writeFiles } from "@compose-fleet/files";
import { CliError, exitCodes } from "@compose-fleet/process";
import {
  missingSlots,
  type Settings,
  SettingsError,
  settingsOf,
  type Trace,
  traceText,
} from "@compose-fleet/simulator";
import type { CliContext } from "../run/context.ts";
import { readHistory } from "./prometheus-history.ts";
import { readTraceFile, traceFiles } from "./trace-files.ts";
import type { TrafficOptions } from "./traffic-options.ts";

/** What a command's options mean. */
export interface Traffic {
  /** With these `KEY=VALUE` pairs on top of what was set. Throws `CliError`. */
  readonly settingsWith: (pairs: readonly string[]) => Settings;
  /** One after the other, each as it is read. Throws `CliError`. */
  readonly traces: () => AsyncIterable<Trace>;
}

type TrafficContext = Pick<CliContext, "terminal" | "stop">;

/** A user's own traffic stays as it is. */
const AS_IS = ["traffic.peak=as-is", "traffic.clip=1e9"];

/** Looks at everything that the options name before anything starts. Rejects with `CliError`. */
export async function trafficOf(context: TrafficContext, options: TrafficOptions): Promise<Traffic> {
  const { fleet, fromPrometheus, record, service, set, trace } = options;
  if (trace === undefined && fromPrometheus === undefined)
    throw new CliError("Name what to simulate: --trace FILE, or --from-prometheus URL.", exitCodes.usage);
  if (record !== undefined && fromPrometheus === undefined)
    throw new CliError("--record writes what --from-prometheus told: give both.", exitCodes.usage);
  const document = fleet === undefined ? undefined : await readFleetDocument(fleet);
  const settingsWith = (pairs: readonly string[]) => {
    try {
      return settingsOf([...(fromPrometheus === undefined ? [] : AS_IS), ...set, ...pairs], document, service);
    } catch (error) {
      throw error instanceof SettingsError ? new CliError(error.message, exitCodes.usage) : error;
    }
  };
  settingsWith([]);
  const files = trace === undefined ? [] : await traceFiles(trace);
  if (record !== undefined) await checkWritable(record, 1024 * 1024);
  async function* traces(): AsyncIterable<Trace> {
    for (const file of files) yield await traceOf(file, context);
    if (fromPrometheus !== undefined) yield await historyOf(fromPrometheus, options, context);
  }
  return { settingsWith, traces };
}

async function traceOf(file: string, { terminal }: TrafficContext): Promise<Trace> {
  const step = terminal.progress.step(`reading ${file}`);
  const trace = await readTraceFile(file, (bytes) => step.update(`${Math.round(bytes / 1e6)} MB`)).catch((error) => {
    step.fail("not a trace");
    throw error;
  });
  const missing = missingSlots(trace);
  step.done(
    `${trace.rates.length} slots of ${trace.stepSeconds} s${missing === 0 ? "" : `, ${missing} of them missing and not scored`}`,
  );
  return trace;
}

async function historyOf(
  source: string,
  { range: rangeSeconds, service, record }: TrafficOptions,
  { terminal, stop }: TrafficContext,
): Promise<Trace> {
  const step = terminal.progress.step("reading what Prometheus remembers");
  const trace = await readHistory({ source, rangeSeconds, service, nowMs: Date.now(), stop }).catch((error) => {
    step.fail("no history");
    throw error;
  });
  const days = (trace.rates.length * trace.stepSeconds) / 86_400;
  step.done(
    `${days.toFixed(1)} days${missingSlots(trace) === 0 ? "" : `, ${missingSlots(trace)} minutes of them missing`}${days < 1 ? ": less than a day says little" : ""}`,
  );
  if (record !== undefined) await writeFiles([{ path: record, content: traceText(trace) }]);
  return trace;
}
