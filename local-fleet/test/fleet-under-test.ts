import { execFile, spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { get } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { inDocker, leftInDocker } from "../../test/docker-leftovers.ts";
import { readImages } from "../../test/images.ts";
import type { FleetEvent } from "../src/control/events.ts";
import type { LocalFleetOptionsInput } from "../src/control/options.ts";
import { dockerNames, FLEET_LABEL, WORKER_LABEL } from "../src/machine/docker/docker.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const call = promisify(execFile);
/** A request that has had no answer for this long has failed. */
const HUNG_MS = 5_000;
/** So many ports from here on are given to nobody's outgoing connections, which may take a higher one at any time. */
const FIRST_PORT = 22_000;
const PORTS = 10_000;

/** Runs a program that must succeed, and gives what it printed. */
async function must(file: string, args: readonly string[], cwd = ROOT): Promise<string> {
  return (await call(file, [...args], { cwd })).stdout;
}

/** A folder with a small fleet of the sample service, its options, and a network outside of Docker's own ranges. */
export async function prepareFleet(name: string, { cidr = "10.231.9.0/24" } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "local-fleet-"));
  const images = readImages();
  await must("npm", ["run", "build", "-s", "-w", "service-a"]);
  await must("docker", [
    "build",
    "--quiet",
    "--build-arg",
    `NODE_IMAGE=${images.NODE_IMAGE}`,
    "--tag",
    `compose-fleet/service-a:${name}`,
    "service-a",
  ]);
  await cp(join(ROOT, "stack-worker"), join(folder, "stack-worker"), { recursive: true });
  const service = {
    path: "/api/",
    port: 3000,
    memory: "192m",
    replicas: { min: 1, max: 3 },
    capacity: { requestsPerSecond: 71 },
  };
  const fleet = {
    name,
    environment: "test",
    network: { cidr, zones: ["a", "b"], privateZone: `${name}.internal` },
    workers: { min: 1, max: 2 },
    services: { "service-a": service },
  };
  // JSON is YAML.
  await writeFile(join(folder, "fleet.yaml"), JSON.stringify(fleet));
  // What is rendered in the repository is of its user's fleet.
  await must("node", ["cli/bin/fleet.mjs", "render", "--fleet", join(folder, "fleet.yaml"), "--out", folder]);
  const localServicesFile = join(folder, "local-services.json");
  await writeFile(localServicesFile, JSON.stringify(localServices(images.NODE_IMAGE ?? "")));
  const [balancer = 0, balancerProxy = 0, wh = 0, prometheus = 0, alertmanager = 0, grafana = 0, aws = 0] =
    await freePorts(7);
  const options: LocalFleetOptionsInput = {
    name,
    fleetFile: join(folder, "fleet.yaml"),
    stackWorkerDir: join(folder, "stack-worker"),
    stackPrometheusDir: join(folder, "stack-prometheus"),
    stateDir: join(folder, "state"),
    localServicesFile,
    images: { ...images, SERVICE_A_IMAGE: `compose-fleet/service-a:${name}` },
    ports: { balancer, balancerProxy, wh, prometheus, alertmanager, grafana, aws },
    bootSeconds: 1,
    registrationLagSeconds: 0.5,
    deregistrationLagSeconds: 2,
    health: { intervalSeconds: 0.5 },
    monitoring: false,
  };
  await mkdir(join(folder, "state"), { recursive: true });
  await writeFile(join(folder, "options.json"), JSON.stringify(options));
  return {
    folder,
    options,
    ports: { balancer, aws },
    /** Removes the folder and the image; the fleet itself is the test's to remove. */
    remove: async () => {
      await rm(folder, { recursive: true, force: true });
      await must("docker", ["rmi", `compose-fleet/service-a:${name}`]).catch(() => undefined);
    },
  };
}

/** What runs beside the workers: a cache that answers with what it is called. */
function localServices(image: string) {
  const program =
    'require("http").createServer((request, response) => response.end(request.headers.host)).listen(7000)';
  return { services: { cache: { image, command: ["node", "-e", program], stop_grace_period: "1s" } } };
}

/** What the services of this worker get from the cache beside it. */
export async function askCache(name: string, worker: string): Promise<string> {
  const filters = [`${FLEET_LABEL}=${name}`, `${WORKER_LABEL}=${worker}`, "com.docker.compose.service=service-a"];
  const [id = ""] = (
    await must("docker", ["ps", "--quiet", ...filters.flatMap((label) => ["--filter", `label=${label}`])])
  ).split("\n");
  const program = 'fetch("http://cache:7000").then((answer) => answer.text()).then(console.log)';
  return (await must("docker", ["exec", id, "node", "-e", program])).trim();
}

/** The daemon as a child of this process, and what it reported. */
export function startDaemon(folder: string) {
  const child = spawn(process.execPath, [join(ROOT, "local-fleet/bin/local-fleet.mjs"), join(folder, "options.json")], {
    cwd: ROOT,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const events: FleetEvent[] = [];
  let rest = "";
  child.stdout.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop() ?? "";
    events.push(...lines.map((line) => JSON.parse(line) as FleetEvent));
  });
  // One that is gone reads nothing.
  child.stdin.on("error", () => undefined);
  /** When it is gone and has been heard to its end. */
  const exited = new Promise<number | null>((done) => child.once("close", (code) => done(code)));
  return { child, events, exited };
}

/** One request after another through the load balancer, each on a new connection. */
export function startRequests(port: number) {
  const failures: string[] = [];
  let sent = 0;
  let stopped = false;
  const running = (async () => {
    while (!stopped) {
      sent += 1;
      const problem = await requestOnce(port);
      if (problem !== undefined) failures.push(problem);
      await new Promise((next) => setTimeout(next, 20));
    }
  })();
  return {
    /** Ends after the request in flight. */
    stop: async () => {
      stopped = true;
      await running;
      return { sent, failures };
    },
  };
}

function requestOnce(port: number): Promise<string | undefined> {
  return new Promise((done) => {
    const outgoing = get(
      { host: "127.0.0.1", port, path: "/api/hello", agent: false, timeout: HUNG_MS },
      (response) => {
        response.resume();
        response.on("end", () => done(response.statusCode === 200 ? undefined : String(response.statusCode)));
        response.on("error", (error) => done(error.message));
      },
    );
    outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer in ${HUNG_MS / 1000} s`)));
    outgoing.on("error", (error) => done(error.message));
  });
}

/** What Docker has of a fleet: containers, networks and volumes. */
export const inDockerOf = (name: string): string[] => [...new Set(filters(name).flatMap(inDocker))];

/** What Docker still has of a fleet that has ended. */
export const leftovers = (name: string): string[] => [...new Set(filters(name).flatMap(leftInDocker))];

function filters(name: string): string[] {
  return [`label=${FLEET_LABEL}=${name}`, `name=${dockerNames(name).edge.replace(/-edge$/, "")}`];
}

/** Ports of loopback that nobody listens on; another process beside this one looks for its own elsewhere. */
async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let tried = 0; ports.length < count; tried += 1) {
    if (tried === PORTS) throw new Error(`fewer than ${count} ports are free from ${FIRST_PORT} on`);
    const port = FIRST_PORT + ((process.pid * 20 + tried) % PORTS);
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((done) => {
    server.once("error", () => done(false));
    server.listen(port, "127.0.0.1", () => server.close(() => done(true)));
  });
}
