import type { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import type { CodeDeployClient } from "@aws-sdk/client-codedeploy";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { type FleetConfig, fleetNames, lifecycleHooks } from "@compose-fleet/fleet";
import { createCodeDeployDeployments } from "@compose-fleet/release-aws/deployments";
import { createDynamoJobRuns } from "@compose-fleet/release-aws/job-runs";
import { createS3Revisions } from "@compose-fleet/release-aws/revisions";
import { createAsgActions } from "../aws/asg-actions.ts";
import { createAsgHook } from "../aws/asg-hook.ts";
import { createAsgReader } from "../aws/asg-reader.ts";
import { createDeploymentReader } from "../aws/deployment-reader.ts";
import { createSsmBaseline } from "../aws/ssm-baseline.ts";
import { createSsmDrain } from "../aws/ssm-drain.ts";
import { createSsmJobs } from "../aws/ssm-jobs.ts";
import { createSsmReplicas } from "../aws/ssm-replicas.ts";
import { createWh, type Wh } from "../create-wh.ts";
import type { Channel } from "../notify/channel.ts";
import { createGitBranch } from "../releases/git-branch.ts";
import type { Clock } from "../runtime/clock.ts";
import { createDynamoLease } from "../store/dynamo-lease.ts";
import { createDynamoState } from "../store/dynamo-state.ts";
import { createMemoryLog } from "./memory-log.ts";
import { ALERTS_TOKEN, API_TOKEN } from "./world.ts";

export interface PullingWhDeps {
  readonly fleet: FleetConfig;
  /** Differs from every other scaler's. */
  readonly holder: string;
  /** Address of the repository, which need not be the fleet file's. */
  readonly repository: string;
  readonly clients: {
    readonly autoscaling: AutoScalingClient;
    readonly codedeploy: CodeDeployClient;
    readonly dynamodb: DynamoDBClient;
    readonly elbv2: ElasticLoadBalancingV2Client;
    readonly s3: S3Client;
    readonly ssm: SSMClient;
  };
  readonly clock: Clock;
  readonly channel: Channel;
}

/** A scaler with all of its own parts towards AWS and Git, and without a Prometheus: it holds, and pulls. */
export function createPullingWh({ fleet, holder, repository, clients, clock, channel }: PullingWhDeps): Wh {
  const names = fleetNames(fleet);
  const deployments = {
    client: clients.codedeploy,
    application: names.releaseApplication,
    group: names.workersDeploymentGroup,
  };
  const readDeployment = createDeploymentReader({ ...deployments, clock });
  const { autoscaling, ssm } = clients;
  const documents = DynamoDBDocumentClient.from(clients.dynamodb, { marshallOptions: { removeUndefinedValues: true } });
  const { branch = "main" } = fleet.releases.pull ?? {};
  let ids = 0;
  return createWh({
    config: { fleet, hold: false, holder },
    tokens: { alertsToken: ALERTS_TOKEN, apiToken: API_TOKEN },
    clock,
    log: createMemoryLog(),
    newId: () => `${holder}-${++ids}`,
    ports: {
      metrics: { query: async () => ({ ok: false, problem: "there is no Prometheus here" }) },
      history: { range: async () => ({ ok: false, problem: "there is no Prometheus here" }) },
      group: {
        ...createAsgReader({
          client: autoscaling,
          balancer: clients.elbv2,
          clock,
          groupName: names.group,
          readDeployment,
        }),
        ...createAsgActions(autoscaling, names.group),
      },
      replicas: createSsmReplicas({ client: ssm, clock, document: names.scaleDocument }),
      drains: createSsmDrain({ client: ssm, clock, document: names.drainDocument }),
      hook: createAsgHook(autoscaling, { group: names.group, hook: lifecycleHooks(fleet).terminating.name }),
      jobs: {
        runs: createDynamoJobRuns(documents, names.table),
        workers: createSsmJobs({ client: ssm, clock, document: names.jobDocument }),
      },
      baseline: createSsmBaseline(ssm, names.replicasParameter),
      state: createDynamoState(documents, names.table, () => {}),
      lease: createDynamoLease(documents, names.table, clock.nowMs),
      channels: [channel],
      pull: {
        branch: createGitBranch({ repository, branch }),
        revisionsIn: (bucket) => createS3Revisions(clients.s3, bucket),
        deployments: createCodeDeployDeployments(deployments),
      },
    },
  });
}
