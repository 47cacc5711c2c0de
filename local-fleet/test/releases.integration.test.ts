import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AutoScalingClient, SetDesiredCapacityCommand } from "@aws-sdk/client-auto-scaling";
import {
  BatchGetDeploymentTargetsCommand,
  CodeDeployClient,
  CreateDeploymentCommand,
  GetDeploymentCommand,
  ListDeploymentsCommand,
  ListDeploymentTargetsCommand,
} from "@aws-sdk/client-codedeploy";
import { DescribeImagesCommand, ECRClient, GetAuthorizationTokenCommand } from "@aws-sdk/client-ecr";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { createGroupRunner, must } from "@compose-fleet/process";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { controlSocket, readStatus } from "../src/control/control-client.ts";
import { cleanUp } from "../src/machine/clean-up.ts";
import { docker } from "../src/machine/docker/docker.ts";
import { workerHome } from "../src/machine/worker/worker-files.ts";
import { prepareFleet, startDaemon, startRequests } from "./fleet-under-test.ts";

const NAME = "releasetest";
const REPOSITORY = `fleet-${NAME}-test/service-a`;
const RELEASES = { applicationName: `fleet-${NAME}-test-releases`, deploymentGroupName: "workers" };
const patient = { timeout: 120_000, interval: 200 };

// biome-ignore lint/style/noProcessEnv: Docker's client needs PATH and HOME
const environment = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" };
const runner = createGroupRunner(environment);

let prepared: Awaited<ReturnType<typeof prepareFleet>>;
let daemon: ReturnType<typeof startDaemon>;
let scratch: string;
let clients: { codedeploy: CodeDeployClient; s3: S3Client; ecr: ECRClient; autoscaling: AutoScalingClient };
const pushed: string[] = [];

const status = async () => {
  const found = await readStatus(controlSocket(prepared.options.stateDir));
  if (!found) throw new Error("the fleet does not answer");
  return found;
};

/** Pushes the sample service under a tag of the fleet's registry, and gives its full name. */
async function pushImage(tag: string): Promise<string> {
  const { authorizationData: [data] = [] } = await clients.ecr.send(new GetAuthorizationTokenCommand({}));
  const [user = "", password = ""] = Buffer.from(data?.authorizationToken ?? "", "base64")
    .toString()
    .split(":");
  const host = new URL(data?.proxyEndpoint ?? "").host;
  const image = `${host}/${REPOSITORY}:${tag}`;
  const config = join(scratch, "docker");
  await mkdir(config, { recursive: true });
  const auth = Buffer.from(`${user}:${password}`).toString("base64");
  await writeFile(join(config, "config.json"), JSON.stringify({ auths: { [host]: { auth } } }), { mode: 0o600 });
  await must(runner, docker("tag", `compose-fleet/service-a:${NAME}`, image));
  await must(runner, { ...docker("push", "--quiet", image), env: { DOCKER_CONFIG: config } });
  // A worker has to fetch it itself.
  await must(runner, docker("rmi", image));
  pushed.push(image);
  return image;
}

/** Makes a revision of stack-worker with that image and puts it into the bucket. */
async function putRevision(name: string, image: string, change: (folder: string) => Promise<void> = async () => {}) {
  const folder = join(scratch, name);
  await cp(join(prepared.folder, "stack-worker"), folder, {
    recursive: true,
    filter: (path) => !/\/(test|node_modules)$|\.test\.ts$/.test(path),
  });
  const own = `SERVICE_A_IMAGE=${image}\nMTAIL_IMAGE=${prepared.options.images.MTAIL_IMAGE}\n`;
  await writeFile(join(folder, ".env"), own);
  await writeFile(join(folder, "revision.json"), JSON.stringify({ revision: name }));
  await change(folder);
  const archive = join(scratch, `${name}.tgz`);
  await must(runner, { file: "tar", args: ["-czf", archive, "-C", folder, "."] });
  const { bucket } = (await status()).releases;
  await clients.s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: `workers/${name}.tgz`,
      Body: await readFile(archive),
      IfNoneMatch: "*",
    }),
  );
}

async function deploy(name: string): Promise<string> {
  const { bucket } = (await status()).releases;
  const s3Location = { bucket, key: `workers/${name}.tgz`, bundleType: "tgz" as const };
  const { deploymentId = "" } = await clients.codedeploy.send(
    new CreateDeploymentCommand({
      ...RELEASES,
      revision: { revisionType: "S3", s3Location },
      fileExistsBehavior: "OVERWRITE",
      description: `${name} by test`,
    }),
  );
  return deploymentId;
}

async function ended(deploymentId: string) {
  return vi.waitFor(async () => {
    const { deploymentInfo } = await clients.codedeploy.send(new GetDeploymentCommand({ deploymentId }));
    expect(deploymentInfo?.status, JSON.stringify(await targetsOf(deploymentId))).toMatch(/Succeeded|Failed|Stopped/);
    return deploymentInfo;
  }, patient);
}

async function targetsOf(deploymentId: string) {
  const { targetIds = [] } = await clients.codedeploy.send(new ListDeploymentTargetsCommand({ deploymentId }));
  const { deploymentTargets = [] } = await clients.codedeploy.send(
    new BatchGetDeploymentTargetsCommand({ deploymentId, targetIds }),
  );
  return deploymentTargets.map(({ instanceTarget }) => instanceTarget);
}

/** Images of the sample service's containers on a worker. */
async function imagesOn(worker: string): Promise<string[]> {
  const filters = [`label=compose-fleet.worker=${worker}`, "label=com.docker.compose.service=service-a"];
  const listed = await must(
    runner,
    docker("ps", "--format", "{{.Image}}", ...filters.flatMap((filter) => ["--filter", filter])),
  );
  return [...new Set(listed.split("\n").filter((line) => line !== ""))];
}
const revisionOn = async (worker: string) =>
  JSON.parse(await readFile(join(workerHome(prepared.options.stateDir, worker).stack, "revision.json"), "utf8"))
    .revision;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "releases-"));
  prepared = await prepareFleet(NAME, { cidr: "10.231.12.0/24" });
  daemon = startDaemon(prepared.folder);
  await vi.waitFor(() => {
    const last = daemon.events.find((each) => each.type === "ready" || each.type === "failed");
    if (last?.type === "failed") throw new Error(last.message);
    expect(last, JSON.stringify(daemon.events)).toBeDefined();
  }, patient);
  const { aws } = await status();
  const settings = {
    endpoint: `http://127.0.0.1:${prepared.ports.aws}`,
    region: aws.region,
    credentials: { accessKeyId: aws.accessKeyId, secretAccessKey: aws.secretAccessKey },
  };
  clients = {
    codedeploy: new CodeDeployClient(settings),
    s3: new S3Client(settings),
    ecr: new ECRClient(settings),
    autoscaling: new AutoScalingClient(settings),
  };
});

afterAll(async () => {
  for (const client of Object.values(clients ?? {})) client.destroy();
  daemon?.child.kill("SIGKILL");
  await cleanUp(NAME, prepared.options.stateDir, runner);
  // Nobody could pull them again: they went with the fleet.
  for (const image of pushed) expect((await runner.run(docker("image", "inspect", image))).exitCode).not.toBe(0);
  await prepared.remove();
  await rm(scratch, { recursive: true, force: true });
});

describe("releases in a local fleet", () => {
  let first = "";

  test("a revision reaches the worker by its own hooks, its image from the fleet's registry, without a lost request", async () => {
    const [worker] = (await status()).workers;
    const id = worker?.id ?? "";
    first = await pushImage("one");
    const { imageDetails } = await clients.ecr.send(
      new DescribeImagesCommand({ repositoryName: REPOSITORY, imageIds: [{ imageTag: "one" }] }),
    );
    expect(imageDetails?.[0]?.imageDigest).toMatch(/^sha256:/);
    await putRevision("one", first);
    const requests = startRequests(prepared.ports.balancer);
    const deployment = await deploy("one");
    expect((await status()).releases.running).toMatchObject([
      { id: deployment, creator: "user", revision: "workers/one.tgz" },
    ]);
    const info = await ended(deployment);
    const [target] = await targetsOf(deployment);
    expect(info?.status, JSON.stringify(target)).toBe("Succeeded");
    expect(target?.lifecycleEvents?.map(({ lifecycleEventName: name, status: said }) => `${name} ${said}`)).toEqual([
      "ApplicationStop Succeeded",
      "DownloadBundle Succeeded",
      "BeforeInstall Succeeded",
      "Install Succeeded",
      "AfterInstall Succeeded",
      "ApplicationStart Succeeded",
      "ValidateService Succeeded",
    ]);
    expect([await imagesOn(id), await revisionOn(id)]).toEqual([[first], "one"]);
    const { sent, failures } = await requests.stop();
    expect([sent > 20, failures]).toEqual([true, []]);
  });

  test("a new worker starts with it", async () => {
    const [old] = (await status()).workers;
    await clients.autoscaling.send(
      new SetDesiredCapacityCommand({ AutoScalingGroupName: `fleet-${NAME}-test-workers`, DesiredCapacity: 2 }),
    );
    await expect
      .poll(async () => (await status()).workers.map(({ target }) => target), patient)
      .toEqual(["healthy", "healthy"]);
    const born = (await status()).workers.find(({ id }) => id !== old?.id)?.id ?? "";
    expect([await imagesOn(born), await revisionOn(born)]).toEqual([[first], "one"]);
  });

  test("one that fails is rolled back, and says with which words it failed", async () => {
    const gone = `${first.replace(/:one$/, "")}:never-pushed`;
    await putRevision("two", gone);
    const failed = await ended(await deploy("two"));
    expect(failed).toMatchObject({ status: "Failed", errorInformation: { code: "HEALTH_CONSTRAINTS" } });
    const [target, other] = await targetsOf(failed?.deploymentId ?? "");
    expect([target?.status, other?.status]).toEqual(["Failed", "Skipped"]);
    const event = target?.lifecycleEvents?.find(({ status: said }) => said === "Failed");
    expect(event).toMatchObject({ lifecycleEventName: "AfterInstall", diagnostics: { errorCode: "ScriptFailed" } });
    expect(event?.diagnostics?.logTail).toContain("never-pushed");
    const rollback = await ended(failed?.rollbackInfo?.rollbackDeploymentId ?? "");
    expect(rollback).toMatchObject({ status: "Succeeded", creator: "codeDeployRollback" });
    for (const { id } of (await status()).workers)
      expect([await imagesOn(id), await revisionOn(id)]).toEqual([[first], "one"]);
    const { deployments } = await clients.codedeploy.send(
      new ListDeploymentsCommand({ ...RELEASES, includeOnlyStatuses: ["Created", "Queued", "InProgress"] }),
    );
    expect(deployments).toEqual([]);
  });
});
