import {
  GetCommandInvocationCommand,
  type GetCommandInvocationCommandOutput,
  SendCommandCommand,
  type SSMClient,
} from "@aws-sdk/client-ssm";
import { applied, failed, type Outcome, skipped } from "../act/outcome.ts";
import { type Clock, sleep } from "../runtime/clock.ts";
import { lastOf, wellFormed } from "../text/code-points.ts";
import { classifyAwsError, describeAwsError, isRetryable } from "./aws-errors.ts";

/** SSM's own minimum for the time until a command must have started. */
const DELIVERY_TIMEOUT_SECONDS = 30;
/** Waits between polls: a scale takes 1-3 s, so the first are close together. */
const BACK_OFF_MS = [1000, 1000, 1000, 2000, 2000, 4000];
/** From here on the waits grow: where a throttled poll goes on. */
const SLOW_POLLS = 3;
/** Right after SendCommand the invocation may not exist yet. */
const NOT_YET_MS = 10_000;
/** What a script of the documents that say no time of their own may take; seconds. */
const SCRIPT_SECONDS = 120;
/** How long after delivery and execution together nobody waits any more. */
const GRACE_MS = 10_000;

/** Exit codes of the worker's scripts that say more than "failed". */
const EXIT_MALFORMED = 64;
const EXIT_OUTSIDE_BOUNDS = 65;
const EXIT_OLD_FENCE = 66;
/** SSM's own: no program has begun, so none has ended. */
const EXIT_NONE = -1;
/** What a script wrote last, UTF-16 code units: in a sentence about it, and at all. */
const STDERR_LIMIT = 300;
const SAID_LIMIT = 1500;

/** Ends at which no script has begun, and none will. */
const NEVER_BEGUN = ["Undeliverable", "DeliveryTimedOut", "InvalidPlatform", "AccessDenied"];

/** Ends at which no script has ended by itself, by `StatusDetails`. AWS writes them with and without spaces. */
const ENDS_WITHOUT_EXIT: Readonly<Record<string, string>> = {
  Undeliverable: "SSM cannot deliver the command: the worker or its SSM agent does not answer",
  DeliveryTimedOut: `SSM could not deliver the command within ${DELIVERY_TIMEOUT_SECONDS} s: the worker or its SSM agent does not answer`,
  ExecutionTimedOut: "the script had not ended within the document's time limit and was stopped",
  TimedOut: "the command was not delivered, or had not ended, in time",
  Cancelled: "somebody cancelled the command",
  Terminated: "SSM ended the command, since others of it had failed",
  InvalidPlatform: "the document is not for this machine's system",
  AccessDenied: "the worker may not read the document",
};

export interface SsmCommandDeps {
  readonly client: Pick<SSMClient, "send">;
  readonly clock: Clock;
  /** Name of the SSM document. */
  readonly document: string;
  /** Name of the script it runs, for messages. */
  readonly script: string;
}

/** Runs the document on one worker and waits for its end. Never throws. */
export type RunCommand = (worker: string, parameters: Readonly<Record<string, string>>) => Promise<Outcome>;

/**
 * How a command ended. `never-begun`: no script has begun and, of this command, none will. `unknown`: one may have, or may go on.
 * `said` is what the script wrote last: its errors or, where it ended well, its output.
 */
export type CommandEnd =
  | { readonly kind: "ended"; readonly exitCode: number; readonly said: string }
  | { readonly kind: "never-begun" | "unknown"; readonly reason: string; readonly retryable: boolean };

/** The same for a script whose exit code the caller reads, and that may take `seconds`. Never throws. */
export type RunScript = (
  worker: string,
  parameters: Readonly<Record<string, string>>,
  seconds: number,
) => Promise<CommandEnd>;

/** Runs a document whose exit codes are those of the worker's scripts: done, malformed, outside the bounds, an old fence. */
export function createSsmCommand(deps: SsmCommandDeps): RunCommand {
  const run = createSsmScript(deps);
  return async (worker, parameters) => outcomeOf(deps.script, await run(worker, parameters, SCRIPT_SECONDS));
}

/** sent ─► (does not exist yet) ─► Pending/InProgress/Delayed/Cancelling ─► Success | Failed | TimedOut | Cancelled */
export function createSsmScript({ client, clock, document, script }: SsmCommandDeps): RunScript {
  const waitForEnd = async (commandId: string, worker: string, seconds: number): Promise<CommandEnd> => {
    const sentAtMs = clock.monotonicMs();
    const deadlineMs = (DELIVERY_TIMEOUT_SECONDS + seconds) * 1000 + GRACE_MS;
    for (let attempt = 0; clock.monotonicMs() - sentAtMs < deadlineMs; attempt++) {
      await sleep(clock, BACK_OFF_MS[Math.min(attempt, BACK_OFF_MS.length - 1)] ?? deadlineMs);
      try {
        const seen = await client.send(new GetCommandInvocationCommand({ CommandId: commandId, InstanceId: worker }));
        const end = endOf(script, worker, seen);
        if (end) return end;
      } catch (error) {
        const found = classifyAwsError(error);
        if (found === "throttled") attempt = Math.max(attempt, SLOW_POLLS - 1);
        const isNew = found === "not-yet" && clock.monotonicMs() - sentAtMs < NOT_YET_MS;
        // The command runs whether or not we can look at it, so only hopeless answers end the wait.
        if (!isNew && (found === "not-yet" || !isRetryable(error)))
          return { kind: "unknown", reason: describeAwsError(error), retryable: true };
      }
    }
    return { kind: "unknown", reason: `the command has not ended after ${deadlineMs / 1000} s`, retryable: true };
  };

  return async (worker, parameters, seconds) => {
    try {
      const sent = await client.send(
        new SendCommandCommand({
          DocumentName: document,
          InstanceIds: [worker],
          TimeoutSeconds: DELIVERY_TIMEOUT_SECONDS,
          Parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, [value]])),
        }),
      );
      const commandId = sent.Command?.CommandId;
      if (commandId) return await waitForEnd(commandId, worker, seconds);
      return { kind: "unknown", reason: "SSM returned no command id", retryable: true };
    } catch (error) {
      // A refusal is an answer: SSM took no command. After anything else it may have.
      const isRefused = ["not-yet", "invalid", "denied"].includes(classifyAwsError(error));
      const kind = isRefused ? "never-begun" : "unknown";
      return { kind, reason: describeAwsError(error), retryable: isRetryable(error) };
    }
  };
}

type Invocation = Pick<
  GetCommandInvocationCommandOutput,
  "Status" | "StatusDetails" | "ResponseCode" | "StandardErrorContent" | "StandardOutputContent"
>;

/** `undefined` while the command is still under way. */
function endOf(script: string, worker: string, seen: Invocation): CommandEnd | undefined {
  const { Status: status, ResponseCode: exitCode = EXIT_NONE, StandardErrorContent: stderr = "" } = seen;
  const said = (text = "") => lastOf(wellFormed(text).trim(), SAID_LIMIT);
  if (status === "Success") return { kind: "ended", exitCode: 0, said: said(seen.StandardOutputContent) };
  if (status !== "Failed" && status !== "TimedOut" && status !== "Cancelled") return undefined;
  const details = (seen.StatusDetails || status).replaceAll(" ", "");
  const end = ENDS_WITHOUT_EXIT[details];
  if (end === undefined && exitCode !== EXIT_NONE) return { kind: "ended", exitCode, said: said(stderr) };
  const why = lastOf(said(stderr), STDERR_LIMIT);
  return {
    kind: NEVER_BEGUN.includes(details) ? "never-begun" : "unknown",
    reason: `${script} on ${worker}: ${end ?? "no script has ended"} (${details})${why ? `: ${why}` : ""}`,
    retryable: true,
  };
}

function outcomeOf(script: string, end: CommandEnd): Outcome {
  if (end.kind !== "ended") return failed(end.reason, end.retryable);
  const { exitCode } = end;
  if (exitCode === 0) return applied;
  if (exitCode === EXIT_OLD_FENCE) return skipped("the worker has seen a newer command");
  return failed(
    `${script} ended with ${exitCode}: ${lastOf(end.said, STDERR_LIMIT) || "no output"}`,
    exitCode !== EXIT_MALFORMED && exitCode !== EXIT_OUTSIDE_BOUNDS,
  );
}
