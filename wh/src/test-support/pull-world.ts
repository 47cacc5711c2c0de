import {
  DeploymentActiveError,
  type DeploymentTarget,
  revisionOfKey,
  UnknownDeploymentError,
} from "@compose-fleet/releases";
import { createPuller, type Puller } from "../releases/puller.ts";
import type { PullerDeps } from "../releases/puller-deps.ts";
import { createInMemoryState } from "../store/in-memory-state.ts";
import { createFakeClock } from "./fake-clock.ts";
import { createMemoryLog } from "./memory-log.ts";

interface FakeDeployment {
  readonly key: string;
  status: string;
  targets: DeploymentTarget[];
  errorInformation?: { readonly code: string; readonly message: string };
}

/** A branch, a bucket, and a CodeDeploy of one group with two workers, around the real pull mode. */
export function createPullWorld(branch?: PullerDeps["ports"]["branch"]) {
  const log = createInMemoryState();
  const clock = createFakeClock();
  const deployments = new Map<string, FakeDeployment>();
  const lastOf = (isIt: (deployment: FakeDeployment) => boolean) => {
    const found = [...deployments].reverse().find(([, deployment]) => isIt(deployment));
    return found && { key: found[1].key, deployment: found[0] };
  };
  const find = (id: string) => {
    const found = deployments.get(id);
    if (found === undefined) throw new UnknownDeploymentError(id);
    return found;
  };
  const world = {
    clock,
    head: "",
    bucket: "revisions" as string | undefined,
    /** Keys, the newest last. */
    uploaded: [] as string[],
    mayAct: true,
    members: ["i-1", "i-2"] as readonly string[] | undefined,
    /** What was asked of CodeDeploy. */
    calls: [] as string[],
    said: [] as string[],
    /** What is due before a revision. */
    prepare: (async () => undefined) as PullerDeps["prepare"],
    say: (line: string) => void world.said.push(line),
    deployments,
    log,
    /** Ends a deployment: all of its targets as `status`, unless they are given. */
    end: (id: string, status: string, targets?: DeploymentTarget[]) => {
      const deployment = deployments.get(id);
      if (!deployment) throw new Error(`there is no ${id}`);
      deployment.status = status;
      deployment.targets = targets ?? deployment.targets.map((target) => ({ ...target, status }));
    },
    /** Another scaler, or this one after a restart, over the same world. */
    restart: (): Puller => createPuller(deps),
  };
  const deps: PullerDeps = {
    source: { repository: "https://example.com/fleet.git", branch: "main" },
    prepare: (location) => world.prepare(location),
    ports: {
      branch: branch ?? { head: async () => world.head },
      revisionsIn: (bucket) => ({
        newestOf: async (kind, commit) => {
          const key = world.uploaded.findLast((each) => each.startsWith(`${kind}/${commit.slice(0, 12)}-`));
          return bucket === "revisions" && key !== undefined ? revisionOfKey(key) : undefined;
        },
      }),
      deployments: {
        now: async () => {
          const succeeded = lastOf(({ status }) => status === "Succeeded");
          const attempted = lastOf(() => true);
          return {
            ...(world.bucket !== undefined && { bucket: world.bucket }),
            ...(succeeded && { succeeded }),
            ...(attempted && { attempted }),
          };
        },
        create: async ({ location: { key }, description }) => {
          const active = [...deployments].find(([, { status }]) => status === "InProgress");
          if (active) throw new DeploymentActiveError(`${active[0]} is under way`);
          const id = `d-${deployments.size + 1}`;
          world.calls.push(`${id}: ${description}`);
          const targets = (world.members ?? []).map((targetId) => ({ targetId, status: "InProgress" }));
          deployments.set(id, { key, status: "InProgress", targets });
          return id;
        },
        read: async (id) => {
          const { key, status, errorInformation } = find(id);
          const revision = revisionOfKey(key);
          return {
            id,
            revision,
            status,
            errorInformation,
            description: "",
            creator: "user",
            createdAtMs: 0,
            rollbackId: undefined,
          };
        },
        targets: async (id) => find(id).targets,
        stop: async (id) => {
          world.calls.push(`stop ${id}`);
          world.end(id, "Stopped", deployments.get(id)?.targets);
        },
      },
      log,
    },
    clock,
    log: createMemoryLog(),
    leader: { mayAct: () => world.mayAct, askLeave: async () => ({ fence: 1 }) },
    fleet: { members: () => world.members, say: world.say },
  };
  return Object.assign(world, { puller: createPuller(deps), ports: deps.ports });
}
