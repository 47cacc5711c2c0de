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
/** Longer than delivery (30 s) and execution (120 s, in the documents) together. */
const DEADLINE_MS = 160_000;

/** Exit codes of the worker's scripts that say more than "failed". */
const EXIT_MALFORMED = 64;
const EXIT_OUTSIDE_BOUNDS = 65;
const EXIT_OLD_FENCE = 66;
/** SSM's own: no program has begun, so none has ended. */
const EXIT_NONE = -1;
/** What a script wrote last, UTF-16 code units. */
const STDERR_LIMIT = 300;

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

/** sent ─► (does not exist yet) ─► Pending/InProgress/Delayed/Cancelling ─► Success | Failed | TimedOut | Cancelled */
export function createSsmCommand({ client, clock, document, script }: SsmCommandDeps): RunCommand {
  const waitForEnd = async (commandId: string, worker: string): Promise<Outcome> => {
    const sentAtMs = clock.monotonicMs();
    for (let attempt = 0; clock.monotonicMs() - sentAtMs < DEADLINE_MS; attempt++) {
      await sleep(clock, BACK_OFF_MS[Math.min(attempt, BACK_OFF_MS.length - 1)] ?? DEADLINE_MS);
      try {
        const seen = await client.send(new GetCommandInvocationCommand({ CommandId: commandId, InstanceId: worker }));
        const outcome = outcomeOf(script, worker, seen);
        if (outcome) return outcome;
      } catch (error) {
        const found = classifyAwsError(error);
        if (found === "throttled") attempt = Math.max(attempt, SLOW_POLLS - 1);
        const isNew = found === "not-yet" && clock.monotonicMs() - sentAtMs < NOT_YET_MS;
        // The command runs whether or not we can look at it, so only hopeless answers end the wait.
        if (!isNew && (found === "not-yet" || !isRetryable(error))) return failed(describeAwsError(error), true);
      }
    }
    return failed(`the command has not ended after ${DEADLINE_MS / 1000} s`, true);
  };

  return async (worker, parameters) => {
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
      return commandId ? await waitForEnd(commandId, worker) : failed("SSM returned no command id", true);
    } catch (error) {
      return failed(describeAwsError(error), isRetryable(error));
    }
  };
}

type Invocation = Pick<
  GetCommandInvocationCommandOutput,
  "Status" | "StatusDetails" | "ResponseCode" | "StandardErrorContent"
>;

/** `undefined` while the command is still under way. */
function outcomeOf(script: string, worker: string, seen: Invocation): Outcome | undefined {
  const { Status: status, ResponseCode: exitCode = EXIT_NONE, StandardErrorContent: stderr = "" } = seen;
  if (status === "Success") return applied;
  if (status !== "Failed" && status !== "TimedOut" && status !== "Cancelled") return undefined;
  const details = (seen.StatusDetails || status).replaceAll(" ", "");
  const said = lastOf(wellFormed(stderr).trim(), STDERR_LIMIT);
  const end = ENDS_WITHOUT_EXIT[details];
  if (end !== undefined || exitCode === EXIT_NONE) {
    const what = end ?? "no script has ended";
    return failed(`${script} on ${worker}: ${what} (${details})${said ? `: ${said}` : ""}`, true);
  }
  if (exitCode === EXIT_OLD_FENCE) return skipped("the worker has seen a newer command");
  return failed(
    `${script} ended with ${exitCode}: ${said || "no output"}`,
    exitCode !== EXIT_MALFORMED && exitCode !== EXIT_OUTSIDE_BOUNDS,
  );
}
