import { GetCommandInvocationCommand, SendCommandCommand, type SSMClient } from "@aws-sdk/client-ssm";
import { CliError, type Clock, pollUntil } from "@compose-fleet/process";
import type { Machine, ScriptResult } from "./machines.ts";
import { ec2Places, scriptText } from "./script-text.ts";

const LIMIT_SECONDS = 60;
/** AWS's shortest. */
const DELIVERY_SECONDS = 30;
/** Those after which nothing changes any more. */
const ENDED = ["Success", "Failed", "TimedOut", "Cancelled"];

export interface SsmRunnerDeps {
  readonly ssm: Pick<SSMClient, "send">;
  readonly clock: Clock;
  readonly stop: AbortSignal;
}

/** Runs a script by Run Command and waits for its end, a minute at most. Throws `CliError` where it did not run, and AWS's errors. */
export async function runBySsm(
  { ssm, clock, stop }: SsmRunnerDeps,
  machine: Machine,
  script: string,
): Promise<ScriptResult> {
  const encoded = Buffer.from(scriptText(ec2Places[machine.kind], script)).toString("base64");
  const { Command } = await ssm
    .send(
      new SendCommandCommand({
        DocumentName: "AWS-RunShellScript",
        InstanceIds: [machine.id],
        TimeoutSeconds: DELIVERY_SECONDS,
        Comment: "fleet",
        Parameters: {
          // The agent runs sh, and Systems Manager has a meaning of its own for braces: neither sees what is in it.
          commands: [`exec bash -c "$(printf %s ${encoded} | base64 -d)"`],
          executionTimeout: [String(LIMIT_SECONDS)],
        },
      }),
    )
    .catch((error: unknown) => {
      if (error instanceof Error && error.name === "InvalidInstanceId")
        throw new CliError(
          `${machine.id} does not run, or Systems Manager does not know it: its SSM agent has not reported yet.`,
        );
      throw error;
    });
  const limitMs = (DELIVERY_SECONDS + LIMIT_SECONDS + 5) * 1000;
  const invocation = await pollUntil(
    async () => {
      const found = await ssm
        .send(new GetCommandInvocationCommand({ CommandId: Command?.CommandId, InstanceId: machine.id }))
        .catch((error: unknown) => {
          // Shortly after SendCommand AWS does not know it yet.
          if (error instanceof Error && error.name === "InvocationDoesNotExist") return undefined;
          throw error;
        });
      return found?.Status !== undefined && ENDED.includes(found.Status) ? found : undefined;
    },
    { clock, everyMs: 250, limitMs, stop },
  );
  if (invocation === undefined) throw new CliError(`${machine.id} has not answered within ${limitMs / 1000} s.`);
  const {
    Status,
    StatusDetails,
    ResponseCode = -1,
    StandardOutputContent = "",
    StandardErrorContent = "",
  } = invocation;
  // A script that ran has an exit code; without one it never began, or was ended.
  if (ResponseCode < 0 || Status === "TimedOut" || Status === "Cancelled")
    throw new CliError(
      `${machine.id} did not do what it was told (${StatusDetails ?? Status}): is its SSM agent online?`,
    );
  return { exitCode: ResponseCode, stdout: StandardOutputContent, stderr: StandardErrorContent };
}
