import { must, type Runner } from "@compose-fleet/process";
import { docker } from "../machine/docker/docker.ts";
import type { Fault } from "./fault.ts";
import { containersOf } from "./kill-host.ts";

export interface WorkerFaultsDeps {
  readonly runner: Runner;
  readonly pickWorker: (worker: string | undefined) => Promise<string>;
  /** Compose project of an instance. */
  readonly project: (instanceId: string) => string;
  readonly vpcNetwork: string;
  readonly addressOf: (instanceId: string) => string | undefined;
  /** The instance's host dies: all its containers at once. */
  readonly killHost: (instanceId: string) => Promise<void>;
  /** Whether the instance's network is cut. */
  readonly setCut: (instanceId: string, cut: boolean) => void;
  /** Whether the instance's programs stand still. */
  readonly setHung: (instanceId: string, hung: boolean) => void;
  /** Begins a deployment whose first turn is this instance's, and returns what stops it unless it has ended. */
  readonly deploy: (instanceId: string) => () => void;
}

/** The services of a worker that are in the emulated network; nginx has the instance's address. */
const IN_VPC = ["nginx", "agent"] as const;

/** Faults of one instance: its host dies, or its network does. */
export function workerFaults(deps: WorkerFaultsDeps): readonly Fault[] {
  const { runner } = deps;
  const containers = (instanceId: string, service?: string) => containersOf(runner, deps.project(instanceId), service);

  const connect = async (instanceId: string, service: string, id: string) => {
    const address = service === "nginx" ? deps.addressOf(instanceId) : undefined;
    const fixed = address === undefined ? [] : ["--ip", address];
    const result = await runner.run(docker("network", "connect", ...fixed, deps.vpcNetwork, id));
    // The worker may have been replaced meanwhile, or be back already.
    if (result.exitCode !== 0 && !/No such container|already exists|is not found/i.test(result.stderr))
      throw new Error(result.stderr.trim());
  };

  return [
    {
      name: "kill-worker",
      description: "one worker's host dies: all its containers at once; the group replaces it by EC2's status checks",
      worker: "needed",
      target: deps.pickWorker,
      begin: async (instanceId) => {
        await deps.killHost(instanceId);
        // A dead host does not come back; the group's replacement is the way out.
        return async () => undefined;
      },
    },
    {
      name: "cut-worker",
      description: "one worker is cut off the network, and gets its address back at the end",
      worker: "needed",
      target: deps.pickWorker,
      begin: async (instanceId) => {
        const cut: { readonly service: string; readonly id: string }[] = [];
        const undo = async () => {
          deps.setCut(instanceId, false);
          for (const { service, id } of cut) await connect(instanceId, service, id);
        };
        deps.setCut(instanceId, true);
        try {
          for (const service of IN_VPC)
            for (const id of await containers(instanceId, service)) {
              await must(runner, docker("network", "disconnect", "--force", deps.vpcNetwork, id));
              cut.push({ service, id });
            }
        } catch (error) {
          await undo();
          throw error;
        }
        return undo;
      },
    },
    {
      name: "worker-hangs-during-deployment",
      description: "one worker hangs, and a deployment begins that waits for it; EC2 says that all is well",
      worker: "needed",
      target: deps.pickWorker,
      begin: async (instanceId) => {
        deps.setHung(instanceId, true);
        // What hangs accepts connections and answers nobody.
        const hung = await containers(instanceId);
        for (const id of hung) await runner.run(docker("pause", id));
        const stop = deps.deploy(instanceId);
        return async () => {
          stop();
          deps.setHung(instanceId, false);
          // The worker may have been replaced meanwhile.
          for (const id of hung) await runner.run(docker("unpause", id));
        };
      },
    },
  ];
}
