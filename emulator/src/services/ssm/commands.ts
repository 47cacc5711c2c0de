import type { CommandInvocationStatus } from "@aws-sdk/client-ssm";
import type { Clock } from "@compose-fleet/process";
import { type InstanceStore, isOnline } from "../../cloud/instance-store.ts";
import type { Disturbances } from "../../disturbances/disturbances.ts";
import { AwsError } from "../../refusals/aws-error.ts";
import type { Script } from "./document.ts";

/** How a script ended on a machine. */
interface ScriptResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/** Runs scripts on an emulated machine; never rejects for a script that fails. */
export interface ScriptRunner {
  readonly run: (instanceId: string, script: Script) => Promise<ScriptResult>;
}

/** One command on one instance. Times are epoch milliseconds. */
export interface Invocation {
  readonly commandId: string;
  readonly instanceId: string;
  readonly documentName: string;
  readonly requestedAtMs: number;
  readonly comment: string;
  readonly status: CommandInvocationStatus;
  readonly statusDetails: string;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly startedAtMs?: number;
  readonly endedAtMs?: number;
}

interface SendRequest {
  readonly documentName: string;
  readonly instanceIds: readonly string[];
  readonly script: Script;
  /** A command that has not started after this long is not started any more. */
  readonly deliveryTimeoutSeconds: number;
  readonly comment: string;
}

export interface CommandsDeps {
  readonly instances: InstanceStore;
  readonly runner: ScriptRunner;
  readonly clock: Clock;
  readonly newCommandId: () => string;
  /** How long a new command stays invisible to reads, as with AWS. */
  readonly consistencyDelayMs: number;
  readonly disturbances: Pick<Disturbances, "ssmDelayMs" | "ssmFailing">;
}

export interface Commands {
  /** Starts the script on every instance and returns the command's id. Throws `AwsError` InvalidInstanceId. */
  readonly send: (request: SendRequest) => { commandId: string; requestedAtMs: number };
  /** The invocations that are visible by now, newest first. */
  readonly list: (filter: { commandId?: string | undefined; instanceId?: string | undefined }) => readonly Invocation[];
}

const REMEMBERED = 1000;
const STDOUT_LIMIT = 24_000;
const STDERR_LIMIT = 8_000;
/** What a broken agent reports: the script was never run. */
const AGENT_FAILURE: ScriptResult = {
  exitCode: 1,
  stdout: "",
  stderr: "document worker: failed to run commands: fork/exec /bin/sh: input/output error",
  timedOut: false,
};
/** The agent polls for work: a command starts about this long after it was sent. */
const DELIVERY_MS = 50;
/** How often an agent that was offline asks for work again. */
const OFFLINE_POLL_MS = 500;

/** Run Command: scripts on managed instances, asynchronous and eventually consistent. */
export function createCommands(deps: CommandsDeps): Commands {
  const invocations = new Map<string, Invocation>();
  const keyOf = (commandId: string, instanceId: string) => `${commandId} ${instanceId}`;
  const change = (key: string, update: Partial<Invocation>) => {
    const invocation = invocations.get(key);
    if (invocation) invocations.set(key, { ...invocation, ...update });
  };

  async function deliver(key: string, instanceId: string, request: SendRequest, requestedAtMs: number): Promise<void> {
    await deps.clock.sleep(DELIVERY_MS + deps.disturbances.ssmDelayMs);
    // An agent that is not connected gets the command when it is back, unless the delivery times out first.
    for (;;) {
      const instance = deps.instances.get(instanceId);
      if (!instance?.managed) {
        change(key, { status: "Failed", statusDetails: "Undeliverable", endedAtMs: deps.clock.nowMs() });
        return;
      }
      if (deps.clock.nowMs() - requestedAtMs > request.deliveryTimeoutSeconds * 1000) {
        change(key, { status: "TimedOut", statusDetails: "DeliveryTimedOut", endedAtMs: deps.clock.nowMs() });
        return;
      }
      if (isOnline(instance)) break;
      await deps.clock.sleep(OFFLINE_POLL_MS);
    }
    change(key, { status: "InProgress", statusDetails: "InProgress", startedAtMs: deps.clock.nowMs() });
    const result = deps.disturbances.ssmFailing.has(instanceId)
      ? AGENT_FAILURE
      : await deps.runner.run(instanceId, request.script);
    const status = result.timedOut ? "TimedOut" : result.exitCode === 0 ? "Success" : "Failed";
    change(key, {
      status,
      statusDetails: result.timedOut ? "ExecutionTimedOut" : status,
      exitCode: result.exitCode,
      stdout: result.stdout.slice(0, STDOUT_LIMIT),
      stderr: result.stderr.slice(0, STDERR_LIMIT),
      endedAtMs: deps.clock.nowMs(),
    });
  }

  return {
    send: (request) => {
      const offline = request.instanceIds.filter((id) => !deps.instances.get(id)?.managed);
      if (offline.length > 0)
        throw new AwsError(
          "InvalidInstanceId",
          `Instances [[${offline.join(", ")}]] not in a valid state for account 000000000000`,
        );
      const commandId = deps.newCommandId();
      const requestedAtMs = deps.clock.nowMs();
      for (const instanceId of new Set(request.instanceIds)) {
        const key = keyOf(commandId, instanceId);
        invocations.set(key, {
          commandId,
          instanceId,
          documentName: request.documentName,
          requestedAtMs,
          comment: request.comment,
          status: "Pending",
          statusDetails: "Pending",
          exitCode: -1,
          stdout: "",
          stderr: "",
        });
        void deliver(key, instanceId, request, requestedAtMs).catch((error: unknown) =>
          change(key, {
            status: "Failed",
            statusDetails: "Failed",
            stderr: String(error),
            endedAtMs: deps.clock.nowMs(),
          }),
        );
      }
      for (const key of [...invocations.keys()].slice(0, Math.max(0, invocations.size - REMEMBERED)))
        invocations.delete(key);
      return { commandId, requestedAtMs };
    },
    list: ({ commandId, instanceId }) =>
      [...invocations.values()]
        .filter((each) => deps.clock.nowMs() - each.requestedAtMs >= deps.consistencyDelayMs)
        .filter((each) => commandId === undefined || each.commandId === commandId)
        .filter((each) => instanceId === undefined || each.instanceId === instanceId)
        .reverse(),
  };
}
