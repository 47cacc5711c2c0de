import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { SSMClient } from "@aws-sdk/client-ssm";
import { callControl, controlSocket, readStatus } from "../src/control/control-client.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const run = promisify(execFile);

export interface CliFleetSpec {
  readonly name: string;
  /** Outside of Docker's own ranges and of every other fleet's. */
  readonly cidr: string;
  /** The ports are this and the next ones. */
  readonly firstPort: number;
  /** Merged into the fleet file. */
  readonly fleet: object;
  /** More arguments of `fleet local up`. */
  readonly args?: readonly string[];
}

/** A whole local fleet, monitoring included, as `fleet local up` starts it. Rejects with what the command said. */
export async function startCliFleet({ name, cidr, firstPort, fleet, args = [] }: CliFleetSpec) {
  const folder = await mkdtemp(join(tmpdir(), `${name}-`));
  const fleetFile = join(folder, "fleet.yaml");
  // JSON is YAML.
  await writeFile(
    fleetFile,
    JSON.stringify({
      name,
      // What the overlay of `fleet local up` leaves as it is.
      environment: "local",
      network: { cidr, zones: ["a", "b"], privateZone: `${name}.internal` },
      services: { "service-a": { path: "/api/", port: 3000, memory: "192m", capacity: { requestsPerSecond: 71 } } },
      ...fleet,
    }),
  );
  const ports = ["lb", "wh", "wh-standby", "prometheus", "alertmanager", "aws", "lb-proxy"].flatMap((part, index) => [
    `--${part}-port`,
    String(firstPort + index),
  ]);
  const command = (...words: readonly string[]) => run("npx", ["fleet", "local", ...words], { cwd: ROOT });
  await command("up", "--fleet", fleetFile, "--boot-seconds", "1", ...ports, ...args);
  const socket = controlSocket(join(ROOT, ".fleet", "local", name));
  const status = await readStatus(socket);
  if (!status) throw new Error("the fleet does not answer");
  const settings = {
    endpoint: status.endpoints.aws,
    region: status.aws.region,
    credentials: { accessKeyId: status.aws.accessKeyId, secretAccessKey: status.aws.secretAccessKey },
    maxAttempts: 1,
  };
  const clients = {
    autoscaling: new AutoScalingClient(settings),
    ec2: new EC2Client(settings),
    ssm: new SSMClient(settings),
    dynamodb: new DynamoDBClient(settings),
  };
  return {
    /** As it was when the fleet was ready. */
    status,
    clients,
    balancerPort: firstPort,
    readStatus: () => readStatus(socket),
    /** One request to the daemon. */
    call: async (method: string, path: string, input?: object) => {
      const answer = await callControl(socket, method, path, input);
      return { status: answer?.status, body: JSON.parse(answer?.body ?? "null") as unknown };
    },
    /** One request to the API of the scaler at `url`. */
    wh: async (url: string, path: string, input?: object) => {
      const token = (await readFile(status.secretFiles.apiToken, "utf8")).trim();
      // A connection that is kept may be closed by the other side just when the next request begins.
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", connection: "close" };
      const answer = await fetch(`${url}${path}`, {
        headers,
        ...(input && { method: "POST", body: JSON.stringify(input) }),
      });
      return (await answer.json()) as unknown;
    },
    docker: async (...words: string[]) => (await run("docker", words)).stdout.trim(),
    /** Takes it down as a user does. */
    down: async () => {
      for (const client of Object.values(clients)) client.destroy();
      await command("down", "--name", name);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type CliFleet = Awaited<ReturnType<typeof startCliFleet>>;
