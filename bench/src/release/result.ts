import type { Scenario } from "./scenario.ts";

/** What `--json` writes, one per scenario. */
export interface ReleaseResult {
  readonly scenario: string;
  /** Requests that were due from the release's beginning until the fleet was at rest again. */
  readonly sent: number;
  readonly failed: number;
  /** Of these, on a worker that was killed on purpose. */
  readonly failedOnDeadWorker: number;
  /** What became of those that failed: how many by cause (a status, or what the connection said), and when the first of them failed. */
  readonly causes: readonly FailureCause[];
  /** From the release's beginning until it had succeeded, or every machine was back. */
  readonly seconds: number;
  readonly status: "succeeded" | "failed";
  readonly cause: string | null;
}

export interface FailureCause {
  readonly cause: string;
  readonly count: number;
  /** When the first of them failed, seconds since the release began. */
  readonly firstAfterSeconds: number;
}

/** Failures by cause, in the order in which the causes came. */
export function failureCauses(
  failures: readonly { readonly cause: string; readonly failedAtMs: number }[],
  startedAtMs: number,
): FailureCause[] {
  const causes = new Map<string, FailureCause>();
  for (const { cause, failedAtMs } of failures) {
    const firstAfterSeconds = Math.round((failedAtMs - startedAtMs) / 100) / 10;
    const known = causes.get(cause);
    causes.set(cause, {
      cause,
      count: (known?.count ?? 0) + 1,
      firstAfterSeconds: Math.min(known?.firstAfterSeconds ?? firstAfterSeconds, firstAfterSeconds),
    });
  }
  return [...causes.values()];
}

/** What a scenario showed besides its figures. */
export interface Observed {
  /** The answers while the release ran, and those when it was over. */
  readonly answersDuring: ReadonlySet<string>;
  readonly answersAfter: ReadonlySet<string>;
  /** The service's images that replicas run at the end. */
  readonly imagesAfter: ReadonlySet<string>;
  readonly formerPayload: string;
  readonly formerImage: string;
  readonly image: string;
}

/** From the beginning of a release until it is over, also where it goes back. */
const LIMIT_SECONDS = 600;

function causesInWords(causes: readonly FailureCause[]): string {
  return causes
    .map(({ cause, count, firstAfterSeconds }) => `${count} × ${cause}, the first after ${firstAfterSeconds} s`)
    .join("; ");
}

/** The promises that a scenario broke, as sentences without its name; empty when it kept them all. */
export function brokenPromises(scenario: Scenario, result: ReleaseResult, seen: Observed): string[] {
  const mustSucceed = scenario.cause === undefined;
  const { payload } = scenario.variant;
  const wantedImage = mustSucceed ? seen.image : seen.formerImage;
  const wantedPayload = mustSucceed ? payload : seen.formerPayload;
  const onHealthy = result.failed - result.failedOnDeadWorker;
  const list = (values: ReadonlySet<string>) => [...values].join(", ") || "nothing";
  return [
    ...(onHealthy > 0 ? [`${onHealthy} requests failed (none may): ${causesInWords(result.causes)}`] : []),
    ...((result.status === "succeeded") !== mustSucceed
      ? [`it ${result.status}${result.cause === null ? "" : `: ${result.cause}`}`]
      : []),
    ...(scenario.cause !== undefined && !scenario.cause.test(result.cause ?? "")
      ? [`its cause does not say ${scenario.cause}: ${result.cause}`]
      : []),
    ...(result.seconds > LIMIT_SECONDS ? [`it took ${result.seconds} s`] : []),
    ...(list(seen.imagesAfter) === wantedImage
      ? []
      : [`replicas run ${list(seen.imagesAfter)} instead of ${wantedImage}`]),
    ...(list(seen.answersAfter) === wantedPayload
      ? []
      : [`the answers afterwards were ${list(seen.answersAfter)} instead of ${wantedPayload}`]),
    ...(mustSucceed && !(seen.answersDuring.has(payload) && seen.answersDuring.has(seen.formerPayload))
      ? [`not both versions answered meanwhile: ${list(seen.answersDuring)}`]
      : []),
  ];
}
