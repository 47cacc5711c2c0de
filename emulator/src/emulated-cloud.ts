import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Server } from "node:http";
import { join } from "node:path";
import { type FleetConfig, type FleetNames, fleetNames, repositoryNames } from "@compose-fleet/fleet";
import type { Clock } from "@compose-fleet/process";
import type { LoadBalancer } from "./balancer/load-balancer.ts";
import type { EventQueue } from "./cloud/event-queue.ts";
import type { InstanceStore } from "./cloud/instance-store.ts";
import type { WorkerGroup } from "./cloud/worker-group.ts";
import type { Disturbances } from "./disturbances/disturbances.ts";
import { createAwsFront } from "./front/front.ts";
import type { Deployments } from "./releases/deployments.ts";
import { createAutoScaling } from "./services/autoscaling/autoscaling.ts";
import { createCodeDeploy } from "./services/codedeploy/codedeploy.ts";
import { createDynamoDb } from "./services/dynamodb.ts";
import { createEc2 } from "./services/ec2/ec2.ts";
import { createEcr, type EcrDeps } from "./services/ecr.ts";
import { createElbV2, elbV2Names } from "./services/elbv2.ts";
import type { ObjectStore } from "./services/s3/object-store.ts";
import { createSqs } from "./services/sqs.ts";
import { createCommands, type ScriptRunner } from "./services/ssm/commands.ts";
import { parseDocument, type SsmDocument } from "./services/ssm/document.ts";
import type { ParameterStore } from "./services/ssm/parameters.ts";
import type { SessionsDeps } from "./services/ssm/sessions.ts";
import { createSsm } from "./services/ssm/ssm.ts";
import { createSts } from "./services/sts.ts";

export interface EmulatedCloudDeps {
  readonly config: FleetConfig;
  readonly clock: Clock;
  readonly instances: InstanceStore;
  readonly workers: WorkerGroup;
  readonly balancer: LoadBalancer;
  readonly disturbances: Disturbances;
  /** What EventBridge puts the fleet's events in. */
  readonly events: EventQueue;
  readonly scripts: ScriptRunner;
  readonly releases: {
    readonly deployments: Deployments;
    /** The bucket of revisions. */
    readonly objects: ObjectStore;
    readonly registry: EcrDeps["registry"];
  };
  readonly settings: {
    readonly accessKeyId: string;
    readonly consistencyDelayMs: number;
    readonly documents: Map<string, SsmDocument>;
    readonly parameters: ParameterStore;
    /** Where a port that an instance reaches answers on this machine, as `HOST:PORT`. Left out: nothing does. */
    readonly reach?: SessionsDeps["reach"];
  };
}

const VPC_ID = "vpc-00000000000000000";

/** Zones by their full names, such as `eu-central-1a`. */
export function zoneNames(config: Pick<FleetConfig, "region" | "network">): string[] {
  return config.network.zones.map((zone) => `${config.region}${zone}`);
}

/** AWS for one fleet: its group, its instances, SSM and a DynamoDB with the fleet's table. The server does not listen yet. */
export async function createEmulatedCloud(deps: EmulatedCloudDeps): Promise<Server> {
  const { config, clock, instances, settings } = deps;
  const names = fleetNames(config);
  const dynamodb = createDynamoDb();
  await dynamodb.createTable(names.table);
  const commands = createCommands({
    instances,
    clock,
    runner: deps.scripts,
    newCommandId: randomUUID,
    consistencyDelayMs: settings.consistencyDelayMs,
    disturbances: deps.disturbances,
  });
  const elbNames = elbV2Names(config);
  const listening = new AbortController();
  const front = createAwsFront({
    accessKeyId: settings.accessKeyId,
    newRequestId: randomUUID,
    dynamodb: dynamodb.handle,
    autoscaling: createAutoScaling({
      workers: deps.workers,
      instanceType: config.workers.instanceTypes[0] ?? "",
      tags: names.workerTags,
      targetGroupArn: elbNames.targetGroupArn,
      lifecycleStates: deps.disturbances.lifecycleStates,
    }),
    elbv2: createElbV2({ balancer: deps.balancer, names: elbNames, vpcId: VPC_ID, zones: zoneNames(config) }),
    disturbances: deps.disturbances,
    ec2: createEc2({ instances, region: config.region, zones: zoneNames(config), vpcId: VPC_ID }),
    sts: createSts(),
    objects: deps.releases.objects,
    json: {
      AmazonSQS: createSqs({
        queue: deps.events,
        name: names.eventQueue,
        region: config.region,
        signal: listening.signal,
      }),
      AmazonSSM: createSsm({
        commands,
        documents: settings.documents,
        parameters: settings.parameters,
        instances,
        clock,
        sessions: {
          instances,
          newSessionId: () => `session-${randomUUID()}`,
          reach: settings.reach ?? (() => undefined),
        },
      }),
      CodeDeploy_20141006: createCodeDeploy({
        deployments: deps.releases.deployments,
        now: clock.nowMs,
        names: {
          application: names.releaseApplication,
          deploymentGroup: names.workersDeploymentGroup,
          autoScalingGroup: names.group,
          region: config.region,
        },
      }),
      AmazonEC2ContainerRegistry_V20150921: createEcr({
        repositories: repositoryNames(config),
        region: config.region,
        createdAtMs: clock.nowMs(),
        now: clock.nowMs,
        registry: deps.releases.registry,
      }),
    },
  });
  // Whoever waits for messages must not keep the process.
  front.once("close", () => listening.abort(new Error("nobody listens")));
  return front;
}

/** The fleet's SSM documents, made from the files in a folder. Rejects when one is missing or not a document. */
export async function loadDocuments(
  folder: string,
  names: Pick<FleetNames, "scaleDocument" | "drainDocument" | "jobDocument" | "maintenanceDocument">,
  nowMs: number,
): Promise<Map<string, SsmDocument>> {
  const files = {
    [names.scaleDocument]: "fleet-scale.json",
    [names.drainDocument]: "fleet-drain.json",
    [names.jobDocument]: "fleet-job.json",
    [names.maintenanceDocument]: "fleet-maintenance.json",
  };
  const documents = await Promise.all(
    Object.entries(files).map(async ([name, file]) =>
      parseDocument(name, await readFile(join(folder, file), "utf8"), nowMs),
    ),
  );
  return new Map(documents.map((document) => [document.name, document]));
}
