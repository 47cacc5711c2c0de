import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Deployments, InstanceStore, Lifecycle, LoadBalancer, Machine } from "@compose-fleet/emulator";
import type { Clock } from "@compose-fleet/process";
import { CommandError, messageOf, type Runner } from "@compose-fleet/process";
import type { AddressPlan } from "../docker/addresses.ts";
import { readComposeShape } from "../docker/compose-project.ts";
import { WORKER_LABEL } from "../docker/docker.ts";
import { removeLabelled } from "../docker/remove-labelled.ts";
import type { LocalServices } from "../local-services/local-services.ts";
import { createAddressPool } from "./address-pool.ts";
import { createBoots } from "./boots.ts";
import type { CpuQuotas } from "./cgroup.ts";
import { createCpuLimit } from "./cpu-limit.ts";
import { type WorkerFilesSpec, workerHome, writeOverride, writeWorkerFiles } from "./worker-files.ts";
import { createWorkerScripts } from "./worker-scripts.ts";

/** What is the same for all workers of a fleet. */
export interface WorkerTemplate
  extends Omit<
    WorkerFilesSpec,
    "instanceId" | "zone" | "address" | "lifecycle" | "composeProject" | "cpu" | "edgeNetwork"
  > {
  readonly composeProject: (instanceId: string) => string;
  readonly instanceType: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Cores of one worker. */
  readonly cpuCores: number;
  /** How long the operating system takes before anything runs. */
  readonly bootMs: () => number;
  readonly shell: (instanceId: string) => Readonly<Record<string, string>>;
}

export interface WorkerMachineDeps {
  readonly runner: Runner;
  readonly clock: Clock;
  readonly stateDir: string;
  readonly instances: InstanceStore;
  readonly balancer: LoadBalancer;
  readonly addresses: AddressPlan;
  readonly quotas: CpuQuotas;
  /** What runs beside the workers; absent where nothing does. */
  readonly localServices?: Pick<LocalServices, "join" | "leave">;
  readonly template: WorkerTemplate;
  /** Starts a new worker, or gives it the revision that the others have. */
  readonly bringUp: Deployments["bringUp"];
  /** How the next machine is paid. */
  readonly nextLifecycle: () => Lifecycle;
  /** Why EC2 refuses to launch such a machine in a zone at the moment; undefined when it does not. */
  readonly launchRefusal: (zone: string, lifecycle: Lifecycle) => string | undefined;
  /** The machine has booted and its services are about to start. */
  readonly userDataEnds: (instanceId: string) => Promise<void>;
  readonly onEvent: (event: WorkerEvent) => void;
}

/** What happens to workers, for people. `problem` is a sentence. */
export type WorkerEvent =
  | { readonly kind: "launched" | "serving" | "shutting-down" | "terminated"; readonly instanceId: string }
  | { readonly kind: "problem"; readonly sentence: string };

export interface WorkerMachine extends Machine {
  /** Writes what only this machine adds to a stack into a folder with a revision. */
  readonly addLocalFiles: (instanceId: string, folder: string) => Promise<void>;
  /** Ends waiting; boots and terminations then end as soon as their commands do. */
  readonly abort: () => void;
  /** Resolves when no boot is in flight. */
  readonly settle: () => Promise<void>;
}

/** Workers as compose projects of stack-worker on this machine. */
export function createWorkerMachine(deps: WorkerMachineDeps): WorkerMachine {
  const { template, clock, instances, balancer, stateDir } = deps;
  const problem = (sentence: string) => deps.onEvent({ kind: "problem", sentence });
  const boots = createBoots();
  const specs = new Map<string, WorkerFilesSpec>();
  const stopping = new AbortController();
  const scripts = createWorkerScripts({
    runner: deps.runner,
    clock,
    stateDir,
    shell: template.shell,
    onRemark: (instanceId, sentence) => problem(`${instanceId}: ${sentence}`),
  });
  const giveAddress = createAddressPool(deps.addresses);
  const limitCpu = createCpuLimit(deps.quotas, template.cpuCores, problem);

  function nextAddress(): string {
    const living = instances.list().filter((each) => each.state !== "terminated");
    return giveAddress(new Set(living.map((each) => each.address)));
  }

  async function boot(instanceId: string, bootMs: number, cancelled: AbortSignal): Promise<void> {
    await clock.sleep(bootMs, cancelled).catch(() => undefined);
    if (cancelled.aborted) return;
    instances.update(instanceId, { managed: true });
    await deps.userDataEnds(instanceId);
    if (cancelled.aborted) return;
    const outcome = await deps.bringUp(instanceId, () => scripts.start(instanceId), cancelled);
    await deps.quotas.serves(instanceId);
    if (cancelled.aborted) return;
    if (outcome.ok) deps.onEvent({ kind: "serving", instanceId });
    else problem(`${instanceId} does not start: ${lastingPath(outcome.problem, stateDir)}`);
  }

  async function writeDisk(
    instanceId: string,
    place: Pick<WorkerFilesSpec, "zone" | "address" | "lifecycle">,
  ): Promise<void> {
    const cpu = await limitCpu(instanceId);
    await mkdir(join(stateDir, "logs"), { recursive: true });
    const edgeNetwork = await deps.localServices?.join(instanceId);
    const spec: WorkerFilesSpec = {
      ...template,
      instanceId,
      ...place,
      composeProject: template.composeProject(instanceId),
      ...(cpu ? { cpu } : {}),
      ...(edgeNetwork === undefined ? {} : { edgeNetwork }),
    };
    specs.set(instanceId, spec);
    await writeWorkerFiles(workerHome(stateDir, instanceId), spec);
  }

  /** Of its machine nothing is left. On a dead host, or where everything stands still, nothing is shut down any more: it is only taken away. */
  async function takeAway(instanceId: string): Promise<void> {
    if (!stopping.signal.aborted) {
      const { impaired, hung } = instances.get(instanceId) ?? {};
      const failure = impaired || hung ? undefined : await scripts.stop(instanceId);
      if (failure !== undefined && !stopping.signal.aborted) problem(`${instanceId} was removed by force: ${failure}`);
      await deps.localServices?.leave(instanceId);
      await removeLabelled(deps.runner, `${WORKER_LABEL}=${instanceId}`);
    }
    await deps.quotas.remove(instanceId);
    await rm(workerHome(stateDir, instanceId).folder, { recursive: true, force: true });
  }

  return {
    launch: async (instanceId, zone) => {
      const lifecycle = deps.nextLifecycle();
      const refusal = deps.launchRefusal(zone, lifecycle);
      if (refusal !== undefined) throw new Error(refusal);
      const address = nextAddress();
      const launchedAtMs = clock.nowMs();
      const bootMs = template.bootMs();
      const { instanceType, tags } = template;
      const asked = { id: instanceId, zone, address, instanceType, lifecycle, launchedAtMs, bootMs, tags };
      instances.add({ ...asked, state: "pending", managed: false });
      try {
        await writeDisk(instanceId, { zone, address, lifecycle });
      } catch (error) {
        instances.update(instanceId, { state: "terminated", terminatedAtMs: clock.nowMs() });
        throw error;
      }
      instances.update(instanceId, { state: "running" });
      deps.onEvent({ kind: "launched", instanceId });
      boots.begin(instanceId, (cancelled) =>
        boot(instanceId, bootMs, cancelled).catch((error: unknown) =>
          problem(`${instanceId} does not start: ${messageOf(error)}`),
        ),
      );
    },

    enterService: (instanceId) => {
      const address = instances.get(instanceId)?.address;
      if (address !== undefined) balancer.register(instanceId, address);
    },

    leaveService: async (instanceId) => {
      await balancer.deregister(instanceId);
      if (instances.get(instanceId)?.state === "running") balancer.remove(instanceId);
    },

    terminate: async (instanceId, beforeShutdown) => {
      try {
        const booting = boots.of(instanceId);
        await balancer.deregister(instanceId);
        await beforeShutdown();
        booting?.cancel.abort(new Error("terminated while booting"));
        instances.update(instanceId, { state: "shutting-down", managed: false });
        deps.onEvent({ kind: "shutting-down", instanceId });
        await booting?.done;
        await takeAway(instanceId);
      } catch (error) {
        problem(`${instanceId} was not removed cleanly: ${messageOf(error)}`);
      }
      specs.delete(instanceId);
      balancer.remove(instanceId);
      instances.update(instanceId, { state: "terminated", managed: false, terminatedAtMs: clock.nowMs() });
      deps.onEvent({ kind: "terminated", instanceId });
    },

    addLocalFiles: async (instanceId, folder) => {
      const spec = specs.get(instanceId);
      if (spec) await addOverride(deps.runner, folder, spec);
    },

    abort: () => {
      const reason = new Error("the fleet is stopping");
      stopping.abort(reason);
      boots.abort(reason);
    },
    settle: boots.settle,
  };
}

/** Puts the override beside a revision's compose files. A revision that compose cannot read is the hooks' to find out about. */
async function addOverride(runner: Runner, folder: string, spec: WorkerFilesSpec): Promise<void> {
  try {
    const shape = await readComposeShape(runner, folder, spec.images.foreign);
    await writeOverride(folder, { ...spec, shape });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
  }
}

/** The worker's folder goes with a fleet that does not start; the logs of what died in it stay. */
function lastingPath(text: string, stateDir: string): string {
  return text.replaceAll(/docker compose logs in \S+/g, `the logs in ${join(stateDir, "logs")}`);
}
