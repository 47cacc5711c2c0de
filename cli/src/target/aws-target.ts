import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { SSMClient } from "@aws-sdk/client-ssm";
import { STSClient } from "@aws-sdk/client-sts";
import { loadFleetFile } from "@compose-fleet/files";
import { type FleetConfig, fleetNames } from "@compose-fleet/fleet";
import { type Clock, type Runner, systemClock, type TerminalPrograms } from "@compose-fleet/process";
import { createCloudWatchLogs } from "../logs/cloudwatch-logs.ts";
import { fleetFilePath } from "../options/fleet-path.ts";
import type { CliContext } from "../run/context.ts";
import { awsFailure } from "../secrets/aws-failure.ts";
import { awsPatience, endingWith } from "./aws-patience.ts";
import { findMachines, requireAccount, requireMonitoring, requireSecret } from "./aws-questions.ts";
import { findSite, type SiteClients } from "./find-site.ts";
import type { Console, FleetTarget } from "./fleet-target.ts";
import { groupActivities } from "./group-activities.ts";
import { createScaler } from "./scaler.ts";
import { attachBySsm } from "./ssm-attach.ts";
import { runBySsm } from "./ssm-runner.ts";
import { createTunnels, type Far } from "./tunnels.ts";

/** Loopback ports of the monitoring instance (docs/architecture.md); Prometheus listens on its private address alone. */
const PORTS = {
  console: 8090,
  wh: 8090,
  whStandby: 8091,
  prometheus: 9090,
  alertmanager: 9093,
  grafana: 3000,
} as const;

/** AWS's clients, of one region and the same credentials. */
export interface TargetClients extends SiteClients {
  readonly ec2: Pick<EC2Client, "send">;
  readonly logs: Pick<CloudWatchLogsClient, "send">;
  readonly ssm: Pick<SSMClient, "send">;
  readonly sts: Pick<STSClient, "send">;
}

export interface AwsTargetDeps {
  readonly runner: Runner;
  readonly programs: Pick<TerminalPrograms, "attach">;
  readonly clock: Clock;
  readonly stop: AbortSignal;
}

/** The fleet on AWS that a fleet file describes, with credentials as in the aws command. Throws `CliError` with what to do, and `FleetFileError`. */
export async function openAwsTarget(context: CliContext, fleetFile: string | undefined): Promise<FleetTarget> {
  const config = await loadFleetFile(fleetFilePath(context, fleetFile));
  const place = { region: config.region, ...awsPatience };
  const ending = new AbortController();
  const clients: TargetClients = {
    ec2: endingWith(new EC2Client(place), ending.signal),
    logs: endingWith(new CloudWatchLogsClient(place), ending.signal),
    ssm: endingWith(new SSMClient(place), ending.signal),
    sts: endingWith(new STSClient(place), ending.signal),
    autoScaling: endingWith(new AutoScalingClient(place), ending.signal),
    balancer: endingWith(new ElasticLoadBalancingV2Client(place), ending.signal),
  };
  const target = awsTarget(config, clients, { ...context.machine, clock: systemClock, stop: context.stop });
  const close = async () => {
    // Closing a tunnel asks AWS, too.
    await target.close();
    ending.abort();
  };
  return { ...target, close };
}

/** The same with everything from outside given. Nothing is asked before it is needed. */
export function awsTarget(config: FleetConfig, clients: TargetClients, deps: AwsTargetDeps): FleetTarget {
  const { region } = config;
  const { ssm } = clients;
  const names = fleetNames(config);
  // Before anything else: with another account's credentials everything would merely be "not there".
  const checked = once(() => requireAccount(clients.sts, config));
  const instance = once(() => checked().then(() => requireMonitoring(clients.ec2, config)));
  const token = once(() => checked().then(() => requireSecret(ssm, names.secretParameter("API_TOKEN"))));
  const groups = { workers: names.logGroup("workers"), monitoring: names.logGroup("monitoring") };
  const tunnels = createTunnels({ ...deps, ssm, region, instance });
  const farOf = (console: Exclude<Console, "site"> | "whStandby"): Far => ({
    port: PORTS[console],
    ...(console === "prometheus" ? { host: names.monitoringHost } : {}),
  });
  const access = () =>
    explained(async () => {
      const [wh, standby, value] = await Promise.all([
        tunnels.to(farOf("wh")),
        tunnels.to(farOf("whStandby")),
        token(),
      ]);
      return { baseUrls: [wh, standby], token: value };
    });
  return {
    kind: "aws",
    config,
    words: `${config.name} (${config.environment}) in ${region}`,
    scaler: createScaler(access),
    machines: {
      list: () => explained(() => checked().then(() => findMachines(clients.ec2, config))),
      run: (machine, script) => explained(() => runBySsm({ ...deps, ssm }, machine, script)),
      attach: (machine, script) => explained(() => attachBySsm({ ...deps, ssm, region }, machine, script)),
    },
    logs: {
      read: async function* (query) {
        await explained(checked);
        try {
          yield* createCloudWatchLogs({ client: clients.logs, clock: deps.clock, groups }).read(query);
        } catch (error) {
          throw awsFailure(error);
        }
      },
    },
    activities: () => explained(() => checked().then(() => groupActivities(clients.autoScaling, names.group))),
    address: (console) =>
      explained(async () => {
        await checked();
        return console === "site" ? findSite(clients, config) : tunnels.to(farOf(console));
      }),
    secret: (name) => explained(() => checked().then(() => requireSecret(ssm, names.secretParameter(name)))),
    stop: deps.stop,
    close: tunnels.close,
  };
}

/** Asked once, however often the answer is needed; what fails is asked again. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask().catch((error: unknown) => {
      answer = undefined;
      throw error;
    });
    return answer;
  };
}

async function explained<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw awsFailure(error);
  }
}
