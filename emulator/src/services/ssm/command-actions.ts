import type {
  CommandInvocation,
  GetCommandInvocationCommandOutput,
  ListCommandInvocationsCommandOutput,
  SendCommandCommandOutput,
} from "@aws-sdk/client-ssm";
import { z } from "zod";
import { type Action, action } from "../../protocol/action.ts";
import { page } from "../../protocol/page.ts";
import { AwsError } from "../../refusals/aws-error.ts";
import type { Commands, Invocation } from "./commands.ts";
import { renderScript, type SsmDocument } from "./document.ts";

type Output<Command> = Omit<Command, "$metadata">;

const FAULT = "ValidationException";
const instanceId = z.string().regex(/^m?i-[0-9a-f]{8,17}$/, "write an instance id");

/** Run Command's actions. */
export function commandActions(
  commands: Commands,
  documentOf: (name: string) => SsmDocument | undefined,
): Record<string, Action> {
  return {
    SendCommand: action(
      FAULT,
      z.object({
        DocumentName: z.string().min(1),
        InstanceIds: z.array(instanceId).min(1, "name the instances; Targets are not supported here").max(50),
        Parameters: z.record(z.string(), z.array(z.string())).default({}),
        TimeoutSeconds: z.int().min(30).max(2_592_000).default(3600),
        Comment: z.string().max(100).default(""),
      }),
      (input): Output<SendCommandCommandOutput> => {
        const document = documentOf(input.DocumentName);
        if (!document)
          throw new AwsError("InvalidDocument", `Document with name ${input.DocumentName} does not exist.`);
        const script = renderScript(document, input.Parameters);
        const { commandId, requestedAtMs } = commands.send({
          documentName: document.name,
          instanceIds: input.InstanceIds,
          script,
          deliveryTimeoutSeconds: input.TimeoutSeconds,
          comment: input.Comment,
        });
        return {
          Command: {
            CommandId: commandId,
            DocumentName: document.name,
            Comment: input.Comment,
            InstanceIds: input.InstanceIds,
            Parameters: input.Parameters,
            RequestedDateTime: new Date(requestedAtMs),
            Status: "Pending",
            StatusDetails: "Pending",
            TargetCount: input.InstanceIds.length,
            CompletedCount: 0,
            ErrorCount: 0,
            TimeoutSeconds: input.TimeoutSeconds,
          },
        };
      },
    ),
    GetCommandInvocation: action(
      FAULT,
      z.object({ CommandId: z.string().min(1), InstanceId: instanceId }),
      (input): Output<GetCommandInvocationCommandOutput> => {
        const [found] = commands.list({ commandId: input.CommandId, instanceId: input.InstanceId });
        // AWS says nothing but the name here, also shortly after a successful SendCommand.
        if (!found) throw new AwsError("InvocationDoesNotExist", "");
        return {
          ...describe(found),
          ResponseCode: found.exitCode,
          StandardOutputContent: found.stdout,
          StandardErrorContent: found.stderr,
          ExecutionStartDateTime: found.startedAtMs === undefined ? "" : new Date(found.startedAtMs).toISOString(),
          ExecutionEndDateTime: found.endedAtMs === undefined ? "" : new Date(found.endedAtMs).toISOString(),
        };
      },
    ),
    ListCommandInvocations: action(
      FAULT,
      z.object({
        CommandId: z.string().optional(),
        InstanceId: instanceId.optional(),
        MaxResults: z.int().min(1).max(50).default(50),
        NextToken: z.string().optional(),
      }),
      (input): Output<ListCommandInvocationsCommandOutput> => {
        const found = commands.list({ commandId: input.CommandId, instanceId: input.InstanceId });
        const { items, nextToken } = page(found, input.MaxResults, input.NextToken);
        return {
          CommandInvocations: items.map(
            (each): CommandInvocation => ({
              ...describe(each),
              RequestedDateTime: new Date(each.requestedAtMs),
              CommandPlugins: [],
            }),
          ),
          NextToken: nextToken,
        };
      },
    ),
  };
}

function describe(invocation: Invocation) {
  return {
    CommandId: invocation.commandId,
    InstanceId: invocation.instanceId,
    DocumentName: invocation.documentName,
    Comment: invocation.comment,
    Status: invocation.status,
    StatusDetails: invocation.statusDetails,
  };
}
