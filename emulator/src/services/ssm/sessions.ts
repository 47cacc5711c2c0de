import type {
  DescribeSessionsCommandOutput,
  StartSessionCommandOutput,
  TerminateSessionCommandOutput,
} from "@aws-sdk/client-ssm";
import { z } from "zod";
import { type InstanceStore, isOnline } from "../../cloud/instance-store.ts";
import { type Action, action } from "../../protocol/action.ts";
import { AwsError } from "../../refusals/aws-error.ts";

type Output<Command> = Omit<Command, "$metadata">;

const FAULT = "ValidationException";
/** What each document of AWS's that forwards a port has to be told. */
const DOCUMENTS: Readonly<Record<string, readonly string[]>> = {
  "AWS-StartPortForwardingSession": ["portNumber"],
  "AWS-StartPortForwardingSessionToRemoteHost": ["portNumber", "host"],
};

export interface SessionsDeps {
  readonly instances: InstanceStore;
  readonly newSessionId: () => string;
  /** Where a port that an instance reaches answers on this machine, as `HOST:PORT`; undefined where nothing does. */
  readonly reach: (instanceId: string, port: number, host: string) => string | undefined;
}

interface Session {
  readonly id: string;
  readonly target: string;
  readonly document: string;
}

/**
 * Session Manager's sessions that forward ports. AWS's data channel is not emulated: the address in StreamUrl takes plain TCP, which the stand-in
 * of the plugin speaks, and AWS's own plugin does not.
 */
export function sessionActions(deps: SessionsDeps): Record<string, Action> {
  const open = new Map<string, Session>();
  return {
    StartSession: action(
      FAULT,
      z.object({
        Target: z.string().min(1),
        DocumentName: z.string().default("SSM-SessionManagerRunShell"),
        Parameters: z.record(z.string(), z.array(z.string())).default({}),
      }),
      ({ Target, DocumentName, Parameters }): Output<StartSessionCommandOutput> => {
        const instance = deps.instances.get(Target);
        if (!instance || !isOnline(instance)) throw new AwsError("TargetNotConnected", `${Target} is not connected.`);
        const needed = DOCUMENTS[DocumentName];
        if (needed === undefined)
          throw new AwsError("InvalidDocument", `Document with name ${DocumentName} does not exist.`);
        for (const name of needed)
          if (Parameters[name]?.length !== 1)
            throw new AwsError("InvalidParameters", `Parameter ${name} is required by document ${DocumentName}.`);
        const { portNumber: [port = ""] = [], host: [host = "localhost"] = [] } = Parameters;
        const id = deps.newSessionId();
        open.set(id, { id, target: Target, document: DocumentName });
        // As on AWS: the session begins whether or not anything listens there.
        const address = deps.reach(Target, Number(port), host) ?? "127.0.0.1:9";
        return { SessionId: id, TokenValue: `token-of-${id}`, StreamUrl: `ws://${address}/v1/data-channel/${id}` };
      },
    ),
    TerminateSession: action(
      FAULT,
      z.object({ SessionId: z.string().min(1) }),
      (input): Output<TerminateSessionCommandOutput> => {
        open.delete(input.SessionId);
        return { SessionId: input.SessionId };
      },
    ),
    DescribeSessions: action(
      FAULT,
      z.object({ State: z.enum(["Active", "History"]) }),
      ({ State }): Output<DescribeSessionsCommandOutput> => ({
        Sessions:
          State === "History"
            ? []
            : [...open.values()].map(({ id, target, document }) => ({
                SessionId: id,
                Target: target,
                DocumentName: document,
                Status: "Connected" as const,
              })),
      }),
    ),
  };
}
