import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { hostname } from "node:os";
import { fleetNames, lifecycleHooks } from "@compose-fleet/fleet";
import { createCodeDeployDeployments } from "@compose-fleet/release-aws/deployments";
import { createDynamoJobRuns } from "@compose-fleet/release-aws/job-runs";
import { createAsgActions } from "./aws/asg-actions.ts";
import { createAsgHook } from "./aws/asg-hook.ts";
import { createAsgReader } from "./aws/asg-reader.ts";
import { createAwsClients } from "./aws/clients.ts";
import { createDeploymentReader } from "./aws/deployment-reader.ts";
import { createSqsEvents } from "./aws/sqs-events.ts";
import { createSsmBaseline } from "./aws/ssm-baseline.ts";
import { createSsmDrain } from "./aws/ssm-drain.ts";
import { createSsmJobs } from "./aws/ssm-jobs.ts";
import { createSsmReplicas } from "./aws/ssm-replicas.ts";
import { ConfigError, loadConfig, type WhConfig, type WhSecrets } from "./config.ts";
import { consoleFilesOf } from "./console/console-files.ts";
import { createWh } from "./create-wh.ts";
import { channelsOf } from "./notify/notifier.ts";
import { notifiers } from "./notify/notifiers.ts";
import { createPrometheus } from "./observe/prometheus.ts";
import { createGitBranch } from "./releases/git-branch.ts";
import type { PullDeployments, PullPorts } from "./releases/ports.ts";
import { systemClock } from "./runtime/clock.ts";
import { createProcessLog } from "./runtime/process-log.ts";
import { createDynamoLease } from "./store/dynamo-lease.ts";
import { createDynamoState } from "./store/dynamo-state.ts";

async function main(): Promise<void> {
  // biome-ignore lint/style/noProcessEnv: composition root
  const { config, secrets } = loadConfig(process.env, (path) => readFileSync(path, "utf8"));
  const log = createProcessLog(config.logLevel);
  const clock = systemClock;
  const names = fleetNames(config.fleet);
  // Ids order what was made by this scaler, so they must not go back with the clock.
  const newId = () => `${clock.monotonicMs().toString(36)}-${randomBytes(5).toString("hex")}`;

  const aws = createAwsClients({
    region: config.region,
    ...(config.awsEndpoint ? { endpoint: config.awsEndpoint } : {}),
  });
  const deployments = {
    client: aws.codeDeploy,
    application: names.releaseApplication,
    group: names.workersDeploymentGroup,
  };
  const readDeployment = createDeploymentReader({ ...deployments, clock });
  const pull = await pullPorts(config, secrets, createCodeDeployDeployments(deployments));
  const prometheus = createPrometheus({ url: config.prometheusUrl, ...basicAuth(config, secrets) });
  const wh = createWh({
    config: {
      fleet: config.fleet,
      hold: config.hold,
      holder: `${config.name ?? hostname()}/${randomBytes(4).toString("hex")}`,
    },
    tokens: secrets,
    consoleFiles: consoleBeside(new URL("console/", import.meta.url)),
    clock,
    log,
    newId,
    ports: {
      metrics: prometheus,
      history: prometheus,
      group: {
        ...createAsgReader({
          client: aws.autoScaling,
          balancer: aws.balancer,
          clock,
          groupName: names.group,
          readDeployment,
        }),
        ...createAsgActions(aws.autoScaling, names.group),
      },
      replicas: createSsmReplicas({ client: aws.ssm, clock, document: names.scaleDocument }),
      drains: createSsmDrain({ client: aws.ssm, clock, document: names.drainDocument }),
      hook: createAsgHook(aws.autoScaling, { group: names.group, hook: lifecycleHooks(config.fleet).terminating.name }),
      jobs: {
        runs: createDynamoJobRuns(aws.documents, names.table),
        workers: createSsmJobs({ client: aws.ssm, clock, document: names.jobDocument }),
      },
      baseline: createSsmBaseline(aws.ssm, names.replicasParameter),
      state: createDynamoState(aws.documents, names.table, (item) =>
        log.warn(
          { table: names.table, ...item },
          "an item of the state table is left out: this version does not understand it; delete it if no newer wh runs",
        ),
      ),
      lease: createDynamoLease(aws.documents, names.table, clock.nowMs),
      channels: channelsOf(notifiers, {
        notify: config.fleet.notify,
        fleet: config.fleet,
        nowMs: clock.nowMs,
        newId,
        secrets: secrets.notifiers,
        ...(config.telegramApiUrl && { telegramApiUrl: config.telegramApiUrl }),
        onProblem: (problem) => log.error({ problem }, "people cannot be told as before"),
      }),
      ...(config.fleet.workers.spot.spotShareAboveBase > 0 && {
        events: createSqsEvents(aws.sqs, names.eventQueue),
      }),
      ...(pull && { pull }),
    },
  });

  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000, keepAliveTimeout: 60_000 }, wh.app);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(config.port, () => resolve());
  });
  await wh.start();
  log.info(
    {
      port: config.port,
      group: names.group,
      hold: config.hold,
      dryRun: config.fleet.scaling.dryRun,
      prometheus: config.prometheusUrl,
    },
    "the scaler runs",
  );

  let isStopping = false;
  const stop = async (signal: string) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, "stopping");
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    await wh.stop();
    server.closeAllConnections();
    await closed;
    await prometheus.close();
    aws.destroy();
    log.info({}, "stopped");
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop(signal));
}

/** The console is beside the bundle. */
function consoleBeside(folder: URL) {
  return existsSync(folder)
    ? consoleFilesOf(readdirSync(folder), (name) => readFileSync(new URL(name, folder)))
    : undefined;
}

/** What pull mode needs. The S3 client is loaded only where fleet.yaml asks for it: it is the largest of all. */
async function pullPorts(
  config: WhConfig,
  secrets: WhSecrets,
  deployments: PullDeployments,
): Promise<PullPorts | undefined> {
  const { pull } = config.fleet.releases;
  if (!pull) return undefined;
  const { createS3Revisions } = await import("@compose-fleet/release-aws/revisions");
  const { createS3Client } = await import("./aws/s3-client.ts");
  const endpoint = config.awsEndpoint ? { endpoint: config.awsEndpoint } : {};
  const token = secrets.repositoryToken === undefined ? {} : { token: secrets.repositoryToken };
  const client = createS3Client({ region: config.region, ...endpoint });
  return {
    branch: createGitBranch({ repository: pull.repository, branch: pull.branch, ...token }),
    revisionsIn: (bucket) => createS3Revisions(client, bucket),
    deployments,
  };
}

function basicAuth(config: WhConfig, secrets: WhSecrets) {
  const { prometheusUsername: username } = config;
  return username ? { basicAuth: { username, password: secrets.prometheusPassword ?? "" } } : {};
}

try {
  await main();
} catch (error) {
  process.stderr.write(
    `${error instanceof ConfigError ? error.message : error instanceof Error ? error.stack : error}\n`,
  );
  process.exitCode = 1;
}
