import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { parseFleetConfig, revisionBucket } from "@compose-fleet/fleet";
import type { Clock } from "@compose-fleet/process";
import { createGroupRunner } from "@compose-fleet/process";
import { createLoadBalancer } from "../src/balancer/load-balancer.ts";
import { createEventQueue } from "../src/cloud/event-queue.ts";
import { createInstanceStore } from "../src/cloud/instance-store.ts";
import { nextLifecycle } from "../src/cloud/lifecycle-mix.ts";
import { createWorkerGroup, type Machine } from "../src/cloud/worker-group.ts";
import { noDisturbances, readAlarmStates } from "../src/disturbances/disturbances.ts";
import { createEmulatedCloud, zoneNames } from "../src/emulated-cloud.ts";
import { newDeploymentId, newGroupId, newUuid } from "../src/ids.ts";
import { launchRefusal } from "../src/refusals/no-capacity.ts";
import { createDeployments } from "../src/releases/deployments.ts";
import { type LifecycleEventName, type Revision, SUCCESS } from "../src/releases/lifecycle.ts";
import { AUTO_ROLLBACK } from "../src/releases/settings.ts";
import { createObjectStore } from "../src/services/s3/object-store.ts";
import { parseDocument } from "../src/services/ssm/document.ts";
import { createParameterStore } from "../src/services/ssm/parameters.ts";

const DOCUMENT = {
  schemaVersion: "2.2",
  parameters: {
    service: { type: "String", allowedPattern: "^[a-z]+$" },
    seconds: { type: "String", default: "0", allowedPattern: "^[0-9.]+$" },
  },
  mainSteps: [
    {
      action: "aws:runShellScript",
      name: "say",
      inputs: {
        // A script that does nothing ends within it also on a machine that does other things.
        timeoutSeconds: "3",
        runCommand: ["sleep '{{ seconds }}'", "echo 'service {{ service }}'", "[ '{{service}}' != bad ]"],
      },
    },
  ],
};

/** How long each lifecycle event of a deployment takes. */
const EVENT_MS = 20;

/** How releases go there, unless a test wants it otherwise. */
const KNOWN_DIGEST = `sha256:${"0".repeat(64)}`;

export interface FrontReleases {
  /** How long a target is being registered. */
  readonly registrationLagMs?: number;
  /** How long an agent may be silent until its instance has failed. */
  readonly silenceMs?: number;
  /** Awaited before each event on an instance. */
  /** Where an instance's ports answer here. */
  readonly reach?: (instanceId: string, port: number, host: string) => string | undefined;
  readonly beforeEvent?: (instanceId: string, event: LifecycleEventName, revision: Revision) => Promise<void>;
}

/** An emulated AWS on a loopback port, with instances that exist on paper only; scripts really run. */
export async function startFront(
  clock: Clock,
  { silenceMs = 300, registrationLagMs = 0, beforeEvent, reach }: FrontReleases = {},
) {
  const parsed = parseFleetConfig({
    name: "contract",
    environment: "test",
    workers: { min: 1, max: 3, spot: { onDemandBase: 2, spotShareAboveBase: 1 } },
    services: { web: { path: "/", port: 80, memory: "32m", capacity: { requestsPerSecond: 10 } } },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const config = parsed.config;
  const accessKeyId = "AKIALOCALTEST";
  const instances = createInstanceStore(clock.nowMs);
  const disturbances = noDisturbances();
  const events = createEventQueue({ clock, newId: newUuid });
  const down = new Set<string>();
  const balancer = createLoadBalancer({
    clock,
    machine: { probe: async (address) => !down.has(address), route: async () => undefined },
    rules: { intervalMs: 20, healthyThreshold: 2, unhealthyThreshold: 2, registrationLagMs, deregistrationLagMs: 50 },
    onProblem: () => undefined,
  });
  let launches = 0;
  /** Agents of machines on paper: a revision of a key with "bad" does not start anywhere. */
  const deployments = createDeployments({
    clock,
    instances,
    newDeploymentId,
    members: () => workers.group().instances.map(({ id }) => id),
    agent: {
      run: async (id, { revision }, event, signal) => {
        const death = new Promise<never>((_, reject) =>
          signal.addEventListener("abort", () => reject(signal.reason), { once: true }),
        );
        await Promise.race([beforeEvent?.(id, event, revision), death]);
        await clock.sleep(EVENT_MS, signal);
        return event === "ApplicationStart" && revision.key.includes("bad")
          ? { errorCode: "ScriptFailed", scriptName: "hooks/start.sh", message: "failed", logTail: "[stderr]no\n" }
          : SUCCESS;
      },
    },
    alarmStates: readAlarmStates(disturbances),
    settings: { autoRollback: AUTO_ROLLBACK, silenceMs },
  });
  /** A machine that is launched at once and shuts down when told. */
  const machine: Machine = {
    launch: async (id, zone) => {
      const lifecycle = nextLifecycle(
        instances.list().filter(({ state }) => state === "running"),
        config.workers.spot,
      );
      const refusal = launchRefusal(disturbances, { instanceType: "t3.small", zone, lifecycle });
      if (refusal !== undefined) throw new Error(refusal);
      launches += 1;
      instances.add({
        id,
        zone,
        address: `172.16.0.${15 + launches}`,
        instanceType: "t3.small",
        lifecycle,
        state: "running",
        launchedAtMs: clock.nowMs(),
        tags: { worker: "true", fleet: "contract", environment: "test" },
        managed: true,
      });
      await deployments.bringUp(id, async () => ({ ok: true }), new AbortController().signal);
    },
    enterService: (id) => balancer.register(id, instances.get(id)?.address ?? ""),
    leaveService: async (id) => {
      await balancer.deregister(id);
      balancer.remove(id);
    },
    terminate: async (id, beforeShutdown) => {
      await balancer.deregister(id);
      await beforeShutdown();
      instances.update(id, { state: "terminated", managed: false, terminatedAtMs: clock.nowMs() });
      balancer.remove(id);
    },
  };
  const workers = createWorkerGroup(
    {
      name: "fleet-contract-test-workers",
      min: 1,
      max: 3,
      desired: 1,
      zones: zoneNames(config),
      suspended: ["AZRebalance"],
    },
    {
      machine,
      clock,
      newId: newGroupId,
      onProblem: () => undefined,
    },
  );
  // biome-ignore lint/style/noProcessEnv: scripts need a PATH to run
  const runner = createGroupRunner({ PATH: process.env.PATH ?? "" });
  const server: Server = await createEmulatedCloud({
    config,
    clock,
    instances,
    workers,
    balancer,
    disturbances,
    events,
    releases: {
      deployments,
      objects: createObjectStore(revisionBucket(config), clock.nowMs),
      registry: async () => ({
        endpoint: "http://127.0.0.1:5000",
        username: "AWS",
        password: "password",
        tags: async () => ["known"],
        manifest: async (_repository, reference) =>
          ["known", KNOWN_DIGEST].includes(reference) ? { digest: KNOWN_DIGEST, bytes: 7 } : undefined,
      }),
    },
    scripts: {
      run: (_id, script) =>
        runner.run({ file: "bash", args: ["-c", script.text], timeoutMs: script.timeoutSeconds * 1000 }),
    },
    settings: {
      accessKeyId,
      consistencyDelayMs: 200,
      documents: new Map([["fleet-scale", parseDocument("fleet-scale", JSON.stringify(DOCUMENT), clock.nowMs())]]),
      parameters: createParameterStore(clock.nowMs),
      ...(reach === undefined ? {} : { reach }),
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    accessKeyId,
    instances,
    workers,
    balancer,
    deployments,
    disturbances,
    events,
    /** Addresses that do not answer health checks. */
    down,
    /** Ends the server and its connections. */
    close: async () => {
      server.closeAllConnections();
      server.close();
      await balancer.stop();
      await workers.settle();
      await deployments.settle();
    },
  };
}

export type FrontUnderTest = Awaited<ReturnType<typeof startFront>>;
