import { appendFile, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Deployments, FirstStart, InstanceStore, LoadBalancer, Machine } from "@compose-fleet/emulator";
import type { Clock } from "@compose-fleet/process";
import { CommandError, type CommandResult, messageOf, type Runner } from "@compose-fleet/process";
import type { AddressPlan } from "../docker/addresses.ts";
import { readComposeShape } from "../docker/compose-project.ts";
import { WORKER_LABEL } from "../docker/docker.ts";
import { removeLabelled } from "../docker/remove-labelled.ts";
import type { CpuQuotas } from "./cgroup.ts";
import { type WorkerFilesSpec, workerHome, writeOverride, writeWorkerFiles } from "./worker-files.ts";

/** What is the same for all workers of a fleet. */
export interface WorkerTemplate
  extends Omit<WorkerFilesSpec, "instanceId" | "zone" | "address" | "composeProject" | "cpu"> {
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
  readonly template: WorkerTemplate;
  /** Starts a new worker, or gives it the revision that the others have. */
  readonly bringUp: Deployments["bringUp"];
  /** Why EC2 refuses to launch in a zone at the moment; undefined when it does not. */
  readonly launchRefusal: (zone: string) => string | undefined;
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

const START_TIMEOUT_MS = 180_000;
const STOP_TIMEOUT_MS = 120_000;

/** Workers as compose projects of stack-worker on this machine. */
export function createWorkerMachine(deps: WorkerMachineDeps): WorkerMachine {
  const { template, clock, instances, balancer } = deps;
  const boots = new Map<string, { readonly cancel: AbortController; readonly done: Promise<void> }>();
  const specs = new Map<string, WorkerFilesSpec>();
  const stopping = new AbortController();
  let launches = 0;
  let quotaRefused = false;

  async function cpuOf(instanceId: string): Promise<WorkerFilesSpec["cpu"]> {
    if (quotaRefused) return undefined;
    try {
      const { parent } = await deps.quotas.create(instanceId, template.cpuCores);
      return { cores: template.cpuCores, cgroupParent: parent };
    } catch (error) {
      if (!quotaRefused)
        problem(`workers share all CPU of this machine, since a limit is not permitted: ${messageOf(error)}`);
      quotaRefused = true;
      return undefined;
    }
  }

  /** Addresses are used round and round, so that a new instance does not get the one that was just given back. */
  function nextAddress(): string {
    const used = new Set(
      instances
        .list()
        .filter((each) => each.state !== "terminated")
        .map((each) => each.address),
    );
    for (let tried = 0; tried < deps.addresses.instanceLimit; tried += 1) {
      const address = deps.addresses.instanceAddress(launches % deps.addresses.instanceLimit);
      launches += 1;
      if (!used.has(address)) return address;
    }
    return deps.addresses.instanceAddress(deps.addresses.instanceLimit);
  }

  async function boot(instanceId: string, bootMs: number, cancel: AbortSignal): Promise<void> {
    await clock.sleep(bootMs, cancel).catch(() => undefined);
    if (cancel.aborted) return;
    instances.update(instanceId, { managed: true });
    await deps.userDataEnds(instanceId);
    if (cancel.aborted) return;
    const outcome = await deps.bringUp(instanceId, () => plainStart(instanceId), cancel);
    await deps.quotas.serves(instanceId);
    if (cancel.aborted) return;
    if (outcome.ok) deps.onEvent({ kind: "serving", instanceId });
    else problem(`${instanceId} does not start: ${lastingPath(outcome.problem)}`);
  }

  /** The worker's folder goes with a fleet that does not start; the logs of what died in it stay. */
  const lastingPath = (text: string) =>
    text.replaceAll(/docker compose logs in \S+/g, `the logs in ${join(deps.stateDir, "logs")}`);

  async function plainStart(instanceId: string): Promise<FirstStart> {
    const result = await script(instanceId, "start.sh", START_TIMEOUT_MS);
    if (result.exitCode === 0) return { ok: true };
    return { ok: false, problem: (result.stderr || result.stdout).trim().slice(-600) || "start.sh said nothing" };
  }

  async function script(
    instanceId: string,
    name: string,
    timeoutMs: number,
    args: readonly string[] = [],
  ): Promise<CommandResult> {
    const home = workerHome(deps.stateDir, instanceId);
    const result = await deps.runner.run({
      file: join(home.stack, name),
      args,
      cwd: home.folder,
      env: template.shell(instanceId),
      timeoutMs,
    });
    const text = `${new Date(clock.nowMs()).toISOString()} ${name} ended with ${result.exitCode}\n${result.stdout}\n${result.stderr}\n`;
    await appendFile(join(deps.stateDir, "logs", `${instanceId}.log`), text).catch(() => undefined);
    return result;
  }

  async function shutDown(instanceId: string): Promise<void> {
    const result = await script(instanceId, "stop.sh", STOP_TIMEOUT_MS, ["--volumes"]);
    if (result.exitCode !== 0 && !stopping.signal.aborted)
      problem(
        `${instanceId} was removed by force: stop.sh ended with ${result.exitCode}: ${result.stderr.trim().slice(-300)}`,
      );
  }

  const problem = (sentence: string) => deps.onEvent({ kind: "problem", sentence });

  return {
    launch: async (instanceId, zone) => {
      const refusal = deps.launchRefusal(zone);
      if (refusal !== undefined) throw new Error(refusal);
      const address = nextAddress();
      const launchedAtMs = clock.nowMs();
      const bootMs = template.bootMs();
      const { instanceType, tags } = template;
      instances.add({
        id: instanceId,
        zone,
        address,
        instanceType,
        state: "pending",
        launchedAtMs,
        bootMs,
        tags,
        managed: false,
      });
      try {
        const cpu = await cpuOf(instanceId);
        await mkdir(join(deps.stateDir, "logs"), { recursive: true });
        const spec: WorkerFilesSpec = {
          ...template,
          instanceId,
          zone,
          address,
          composeProject: template.composeProject(instanceId),
          ...(cpu ? { cpu } : {}),
        };
        specs.set(instanceId, spec);
        await writeWorkerFiles(workerHome(deps.stateDir, instanceId), spec);
      } catch (error) {
        instances.update(instanceId, { state: "terminated", terminatedAtMs: clock.nowMs() });
        throw error;
      }
      instances.update(instanceId, { state: "running" });
      deps.onEvent({ kind: "launched", instanceId });
      const cancel = new AbortController();
      const done = boot(instanceId, bootMs, cancel.signal)
        .catch((error: unknown) => problem(`${instanceId} does not start: ${messageOf(error)}`))
        .finally(() => boots.delete(instanceId));
      boots.set(instanceId, { cancel, done });
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
        const booting = boots.get(instanceId);
        await balancer.deregister(instanceId);
        await beforeShutdown();
        booting?.cancel.abort(new Error("terminated while booting"));
        instances.update(instanceId, { state: "shutting-down", managed: false });
        deps.onEvent({ kind: "shutting-down", instanceId });
        await booting?.done;
        if (!stopping.signal.aborted) {
          // On a dead host, or where everything stands still, nothing is shut down any more: it is only taken away.
          const { impaired, hung } = instances.get(instanceId) ?? {};
          if (!impaired && !hung) await shutDown(instanceId);
          await removeLabelled(deps.runner, `${WORKER_LABEL}=${instanceId}`);
        }
        await deps.quotas.remove(instanceId);
        await rm(workerHome(deps.stateDir, instanceId).folder, { recursive: true, force: true });
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
      if (!spec) return;
      try {
        const shape = await readComposeShape(deps.runner, folder, spec.images.foreign);
        await writeOverride(folder, { ...spec, shape });
      } catch (error) {
        // The hooks find out themselves what is wrong with the revision.
        if (!(error instanceof CommandError)) throw error;
      }
    },

    abort: () => {
      stopping.abort(new Error("the fleet is stopping"));
      for (const { cancel } of boots.values()) cancel.abort(new Error("the fleet is stopping"));
    },
    settle: async () => {
      await Promise.all([...boots.values()].map(({ done }) => done));
    },
  };
}
