import { type SSMClient, StartSessionCommand, TerminateSessionCommand } from "@aws-sdk/client-ssm";
import type { Runner, TerminalPrograms } from "@compose-fleet/process";
import type { Machine } from "./machines.ts";
import { ec2Places, scriptText } from "./script-text.ts";
import { requirePlugin, sessionPlugin } from "./session-plugin.ts";

export interface SsmAttachDeps {
  readonly ssm: Pick<SSMClient, "send">;
  readonly runner: Runner;
  readonly programs: Pick<TerminalPrograms, "attach">;
  readonly region: string;
}

/** Gives the terminal to a session on an instance, and ends the session. Throws `CliError`, and AWS's errors. */
export async function attachBySsm(
  { ssm, runner, programs, region }: SsmAttachDeps,
  { id, kind }: Machine,
  script: string | undefined,
): Promise<number> {
  await requirePlugin(runner);
  const request = { Target: id, ...(script === undefined ? {} : interactive(scriptText(ec2Places[kind], script))) };
  const session = await ssm.send(new StartSessionCommand(request));
  try {
    return await programs.attach(sessionPlugin(session, region, request));
  } finally {
    await ssm.send(new TerminateSessionCommand({ SessionId: session.SessionId })).catch(() => undefined);
  }
}

/** A session is not root's. */
function interactive(script: string) {
  const encoded = Buffer.from(script).toString("base64");
  return {
    DocumentName: "AWS-StartInteractiveCommand",
    Parameters: { command: [`exec sudo bash -c "$(printf %s ${encoded} | base64 -d)"`] },
  };
}
