import { type Bound, boundBy } from "./bound-by.ts";
import type { Step } from "./knee.ts";
import { type Confidence, roundedDown } from "./knee-found.ts";
import type { Asked } from "./load-steps.ts";
import type { Measurement } from "./measure-capacity.ts";

/** What `--json` prints. Rates in requests per second, times in milliseconds, CPU and memory as shares of their limits. */
export interface MeasureResult {
  readonly service: string;
  readonly target: string;
  readonly method: Asked["method"];
  /** How many replicas took the load; the figure is that of one. */
  readonly replicas: number;
  readonly requestsPerSecond: number;
  readonly confidence: Confidence;
  readonly doubts: readonly string[];
  readonly boundBy: Bound;
  readonly p99Ms: number | null;
  readonly usage: Measurement["usage"];
  readonly steps: readonly Step[];
  /** What the fleet file says; null without a word. */
  readonly writtenBefore: number | null;
}

/** What a measurement says of one replica. */
export function resultOf(
  { knee, steps, usage }: Measurement,
  asked: Asked,
  { service, replicas, writtenBefore }: Pick<MeasureResult, "service" | "replicas" | "writtenBefore">,
): MeasureResult {
  const several = replicas > 1;
  return {
    service,
    target: asked.target,
    method: asked.method,
    replicas,
    requestsPerSecond: roundedDown(knee.rps / replicas),
    confidence: several && knee.confidence === "high" ? "medium" : knee.confidence,
    doubts: [
      ...knee.doubts,
      ...(several ? [`${replicas} replicas took the load, as the fleet file wants no fewer`] : []),
    ],
    boundBy: boundBy(knee, usage, replicas),
    p99Ms: knee.good?.p99Ms ?? null,
    usage,
    steps,
    writtenBefore,
  };
}

/** What a result says to people, a line each. */
export function resultLines(result: MeasureResult): readonly string[] {
  const { service, requestsPerSecond, confidence, doubts, boundBy, p99Ms, writtenBefore } = result;
  return [
    `${service}: ${requestsPerSecond} requests/s for each replica${p99Ms === null ? "" : `, p99 ${Math.round(p99Ms)} ms`}`,
    `confidence: ${confidence}${doubts.length === 0 ? "" : ` (${doubts.join("; ")})`}`,
    `bound by ${boundBy.text}`,
    ...(writtenBefore === null ? [] : [`the fleet file says ${writtenBefore}`]),
  ];
}

/** One step, for people. */
export function stepLine(step: Step): string {
  const times =
    step.p99Ms === null ? "no answer" : `p50 ${Math.round(step.p50Ms ?? 0)} ms, p99 ${Math.round(step.p99Ms)} ms`;
  return `${roundedDown(step.rps)} requests/s for ${Math.round(step.seconds)} s: ${times}, ${step.failed} of ${step.sent} failed`;
}
