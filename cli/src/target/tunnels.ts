import { type SSMClient, StartSessionCommand, TerminateSessionCommand } from "@aws-sdk/client-ssm";
import { CliError, type Clock, type CommandResult, type Runner } from "@compose-fleet/process";
import { requirePlugin, type StartedSession, sessionPlugin } from "./session-plugin.ts";

/** How long a tunnel may take to open. */
const OPEN_MS = 20_000;

/** What is forwarded: a port of the instance's loopback, or of a host that the instance reaches. */
export interface Far {
  readonly port: number;
  readonly host?: string;
}

export interface TunnelDeps {
  readonly runner: Runner;
  readonly ssm: Pick<SSMClient, "send">;
  readonly clock: Pick<Clock, "sleep">;
  readonly region: string;
  /** Id of the instance through which everything goes. */
  readonly instance: () => Promise<string>;
}

export interface Tunnels {
  /** An address of this machine that leads there; opened when first asked for. Throws `CliError`, and AWS's errors. */
  to(far: Far): Promise<string>;
  /** Ends every session, on this machine and at AWS. Never throws: Session Manager ends an idle session by itself. */
  close(): Promise<void>;
}

/** Session Manager's port forwarding, one session a port. The plugin chooses free ports here. */
export function createTunnels(deps: TunnelDeps): Tunnels {
  const tunnels = new Map<string, Promise<{ readonly url: string; readonly end: () => Promise<void> }>>();
  let hasPlugin: Promise<void> | undefined;
  let isClosed = false;

  async function open({ port, host }: Far) {
    // Before a session is begun that nobody could use.
    hasPlugin ??= requirePlugin(deps.runner);
    await hasPlugin;
    const target = await deps.instance();
    const request = {
      Target: target,
      DocumentName:
        host === undefined ? "AWS-StartPortForwardingSession" : "AWS-StartPortForwardingSessionToRemoteHost",
      Parameters: {
        portNumber: [String(port)],
        localPortNumber: ["0"],
        ...(host === undefined ? {} : { host: [host] }),
      },
    };
    const session: StartedSession = await deps.ssm.send(new StartSessionCommand(request));
    const ending = new AbortController();
    const opened = openedPort();
    const command = sessionPlugin(session, deps.region, request);
    const ended = deps.runner.run({ ...command, signal: ending.signal }, opened.hear);
    const end = async () => {
      ending.abort();
      await ended;
      await deps.ssm.send(new TerminateSessionCommand({ SessionId: session.SessionId })).catch(() => undefined);
    };
    if (isClosed) {
      await end();
      throw new CliError("The tunnel was closed before it was open.");
    }
    const local = await Promise.race([opened.port, ended.then(said), tooLong(deps.clock, ending.signal)]);
    if (typeof local === "number") return { url: `http://127.0.0.1:${local}`, end };
    await end();
    throw new CliError(`Session Manager opened no tunnel to port ${port} of ${target}: ${local}`);
  }

  return {
    to: async (far) => {
      const key = `${far.host ?? ""}:${far.port}`;
      const opening = tunnels.get(key) ?? open(far);
      tunnels.set(key, opening);
      try {
        return (await opening).url;
      } catch (error) {
        tunnels.delete(key);
        throw error;
      }
    },
    close: async () => {
      isClosed = true;
      const opened = [...tunnels.values()];
      tunnels.clear();
      await Promise.all(
        opened.map((tunnel) =>
          tunnel.then(
            ({ end }) => end(),
            () => undefined,
          ),
        ),
      );
    },
  };
}

/** The port that the plugin says it listens on. */
function openedPort() {
  let resolve: (port: number) => void = () => undefined;
  const port = new Promise<number>((done) => {
    resolve = done;
  });
  return {
    port,
    hear: (line: string) => {
      const found = /\bPort (\d+) opened for sessionId\b/.exec(line)?.[1];
      if (found !== undefined) resolve(Number(found));
    },
  };
}

function said({ stdout, stderr, exitCode }: CommandResult): string {
  const text = (stderr.trim() || stdout.trim()).split("\n").at(-1) ?? "";
  return `session-manager-plugin ended with ${exitCode}${text === "" ? "" : `, ${text}`}`;
}

async function tooLong(clock: Pick<Clock, "sleep">, signal: AbortSignal): Promise<string> {
  await clock.sleep(OPEN_MS, signal).catch(() => undefined);
  return `nothing within ${OPEN_MS / 1000} s. Is its SSM agent online? See npx fleet doctor --aws.`;
}
