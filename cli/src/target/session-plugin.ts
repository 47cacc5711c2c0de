import { CliError, type Command, command, exitCodes, type Runner } from "@compose-fleet/process";

const PLUGIN = "session-manager-plugin";
/** Later ones take the session from a variable. As an argument, every user of this machine could read its token. */
const TOO_OLD = [1, 2, 497, 0];
const WHERE =
  "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html";
const SESSION_VARIABLE = "AWS_SSM_START_SESSION_RESPONSE";
/** Session Manager ends a session by itself after 20 idle minutes; nothing of ours goes on for longer than this. */
const LONGEST_MS = 24 * 3_600_000;

/** What StartSession answers. */
export interface StartedSession {
  readonly SessionId?: string | undefined;
  readonly TokenValue?: string | undefined;
  readonly StreamUrl?: string | undefined;
}

/** Throws `CliError` (exit code 2) where the plugin is missing, or too old. */
export async function requirePlugin(runner: Runner): Promise<void> {
  const { missing, exitCode, stdout } = await runner.run({ ...command(PLUGIN, "--version"), timeoutMs: 10_000 });
  if (missing)
    throw new CliError(
      `A fleet on AWS is reached through Session Manager, and its plugin is not installed here (${PLUGIN}): ${WHERE}`,
      exitCodes.usage,
    );
  const version = stdout.trim();
  if (exitCode === 0 && isNewer(version)) return;
  throw new CliError(
    `${PLUGIN} ${JSON.stringify(version)} is too old: install one after ${TOO_OLD.join(".")}, ${WHERE}`,
    exitCodes.usage,
  );
}

/** Runs a session: `request` is what StartSession was asked, `session` its answer. */
export function sessionPlugin(session: StartedSession, region: string, request: object): Command {
  const { SessionId, TokenValue, StreamUrl } = session;
  return {
    ...command(
      PLUGIN,
      SESSION_VARIABLE,
      region,
      "StartSession",
      // The profile: it is in the environment where there is one.
      "",
      JSON.stringify(request),
      `https://ssm.${region}.amazonaws.com`,
    ),
    env: { [SESSION_VARIABLE]: JSON.stringify({ SessionId, TokenValue, StreamUrl }) },
    timeoutMs: LONGEST_MS,
  };
}

function isNewer(version: string): boolean {
  if (!/^\d+(\.\d+){0,3}$/.test(version)) return false;
  const parts = version.split(".").map(Number);
  const differing = TOO_OLD.findIndex((part, index) => (parts[index] ?? 0) !== part);
  return differing >= 0 && (parts[differing] ?? 0) > (TOO_OLD[differing] ?? 0);
}
