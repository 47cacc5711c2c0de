import type {
  CreateDocumentCommandOutput,
  DescribeDocumentCommandOutput,
  DescribeInstanceInformationCommandOutput,
  DocumentDescription,
  GetDocumentCommandOutput,
} from "@aws-sdk/client-ssm";
import type { Clock } from "@compose-fleet/process";
import { z } from "zod";
import { type InstanceStore, isOnline } from "../../cloud/instance-store.ts";
import { type Action, type AwsService, action } from "../../protocol/action.ts";
import { page } from "../../protocol/page.ts";
import { AwsError } from "../../refusals/aws-error.ts";
import { awsDocument } from "./aws-documents.ts";
import { commandActions } from "./command-actions.ts";
import type { Commands } from "./commands.ts";
import { parseDocument, type SsmDocument } from "./document.ts";
import { parameterActions } from "./parameter-actions.ts";
import type { ParameterStore } from "./parameters.ts";
import { type SessionsDeps, sessionActions } from "./sessions.ts";

type Output<Command> = Omit<Command, "$metadata">;

export interface SsmDeps {
  readonly commands: Commands;
  /** Starts with the fleet's own documents; CreateDocument adds to it. */
  readonly documents: Map<string, SsmDocument>;
  readonly parameters: ParameterStore;
  readonly instances: InstanceStore;
  readonly clock: Clock;
  readonly sessions: SessionsDeps;
}

const FAULT = "ValidationException";
const documentName = z.string().regex(/^[a-zA-Z0-9_.:/-]{3,128}$/, "write a document's name");

/** The actions of Systems Manager that a scaler and a worker's scripts need. */
export function createSsm(deps: SsmDeps): AwsService {
  return {
    protocol: "json",
    version: "2014-11-06",
    actions: {
      // AWS's own documents are in every account.
      ...commandActions(deps.commands, (name) => deps.documents.get(name) ?? awsDocument(name, deps.clock.nowMs())),
      ...parameterActions(deps.parameters),
      ...documentActions(deps.documents, deps.clock),
      ...sessionActions(deps.sessions),
      DescribeInstanceInformation: describeInstanceInformation(deps.instances, deps.clock),
    },
  };
}

function documentActions(documents: Map<string, SsmDocument>, clock: Clock): Record<string, Action> {
  const named = z.object({ Name: documentName });
  const find = (name: string): SsmDocument => {
    const document = documents.get(name);
    if (!document) throw new AwsError("InvalidDocument", `Document with name ${name} does not exist.`);
    return document;
  };
  return {
    GetDocument: action(FAULT, named, (input): Output<GetDocumentCommandOutput> => {
      const document = find(input.Name);
      return {
        Name: document.name,
        Content: document.content,
        DocumentType: "Command",
        DocumentFormat: "JSON",
        DocumentVersion: "1",
        Status: "Active",
      };
    }),
    DescribeDocument: action(
      FAULT,
      named,
      (input): Output<DescribeDocumentCommandOutput> => ({ Document: describe(find(input.Name)) }),
    ),
    CreateDocument: action(
      FAULT,
      z.object({
        Name: documentName,
        Content: z.string().min(1),
        DocumentType: z.literal("Command").default("Command"),
      }),
      (input): Output<CreateDocumentCommandOutput> => {
        if (documents.has(input.Name))
          throw new AwsError("DocumentAlreadyExists", "The specified document already exists.");
        const document = parseDocument(input.Name, input.Content, clock.nowMs());
        documents.set(document.name, document);
        return { DocumentDescription: describe(document) };
      },
    ),
  };
}

function describe(document: SsmDocument): DocumentDescription {
  return {
    Name: document.name,
    Hash: document.hash,
    HashType: "Sha256",
    DocumentType: "Command",
    DocumentFormat: "JSON",
    DocumentVersion: "1",
    DefaultVersion: "1",
    LatestVersion: "1",
    SchemaVersion: "2.2",
    Status: "Active",
    PlatformTypes: ["Linux"],
    CreatedDate: new Date(document.createdAtMs),
    Description: document.parsed.description,
  };
}

function describeInstanceInformation(instances: InstanceStore, clock: Clock): Action {
  const filter = z.object({ Key: z.string(), Values: z.array(z.string()).min(1) });
  return action(
    FAULT,
    z.object({
      Filters: z.array(filter).default([]),
      MaxResults: z.int().min(5).max(50).default(50),
      NextToken: z.string().optional(),
    }),
    (input): Output<DescribeInstanceInformationCommandOutput> => {
      const unsupported = input.Filters.find((each) => each.Key !== "InstanceIds");
      if (unsupported)
        throw new AwsError(
          "InvalidInstanceInformationFilterValue",
          `The filter ${unsupported.Key} is not supported here: use InstanceIds.`,
        );
      const found = instances
        .list()
        .filter((each) => each.managed && input.Filters.every((one) => one.Values.includes(each.id)));
      const { items, nextToken } = page(found, input.MaxResults, input.NextToken);
      return {
        InstanceInformationList: items.map((each) => ({
          InstanceId: each.id,
          PingStatus: isOnline(each) ? ("Online" as const) : ("ConnectionLost" as const),
          LastPingDateTime: new Date(clock.nowMs()),
          PlatformType: "Linux" as const,
          IPAddress: each.address,
          ResourceType: "EC2Instance" as const,
        })),
        NextToken: nextToken,
      };
    },
  );
}
