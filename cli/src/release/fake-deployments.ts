import {
  type Deployment,
  DeploymentActiveError,
  type Deployments,
  type DeploymentTarget,
  revisionOfKey,
} from "@compose-fleet/releases";

/** What a deployment looks like from one look to the next; the last one stays. */
export interface Look {
  readonly status: string;
  /** Status by instance. */
  readonly targets: Readonly<Record<string, string>>;
  readonly rollbackId?: string;
}

/** CodeDeploy without machines, for tests: each deployment that is created plays the next script. */
export interface FakeDeployments extends Deployments {
  readonly created: { readonly revision: string; readonly description: string }[];
  readonly stopped: string[];
  /** A deployment that is there without having been created here. */
  plant(deployment: Partial<Deployment> & { readonly id: string }, looks: readonly Look[]): void;
}

/** Makes one whose deployments get the ids d-1, d-2, … and play `scripts` in this order. */
export function createFakeDeployments(scripts: readonly (readonly Look[])[]): FakeDeployments {
  const all = new Map<string, { deployment: Deployment; looks: Look[] }>();
  const created: { revision: string; description: string }[] = [];
  const stopped: string[] = [];
  const find = (id: string) => {
    const found = all.get(id);
    if (found === undefined) throw new Error(`no deployment ${id}`);
    return found;
  };
  const lookAt = (id: string): Look => find(id).looks[0] ?? { status: "Created", targets: {} };
  const current = (id: string): Deployment => {
    const look = lookAt(id);
    return { ...find(id).deployment, status: look.status, rollbackId: look.rollbackId };
  };
  const isActive = ({ status }: Deployment) => !["Succeeded", "Failed", "Stopped"].includes(status ?? "");
  const newestFirst = () => [...all.keys()].reverse().map(current);
  const add = (deployment: Partial<Deployment> & { readonly id: string }, looks: readonly Look[]) =>
    all.set(deployment.id, {
      deployment: {
        revision: undefined,
        description: "",
        creator: "user",
        createdAtMs: all.size,
        rollbackId: undefined,
        ...deployment,
      },
      looks: [...looks],
    });
  return {
    created,
    stopped,
    plant: add,
    create: async ({ location, description }) => {
      const revision = revisionOfKey(location.key) ?? location.key;
      if (newestFirst().some(isActive)) throw new DeploymentActiveError();
      created.push({ revision, description });
      const id = `d-${created.length}`;
      add({ id, revision, description }, scripts[created.length - 1] ?? []);
      return id;
    },
    read: async (id) => current(id),
    targets: async (id) => {
      const { targets } = lookAt(id);
      const { looks } = find(id);
      // One look is over once its machines were read.
      if (looks.length > 1) looks.shift();
      return Object.entries(targets).map(([targetId, status]): DeploymentTarget => ({ targetId, status }));
    },
    stop: async (id) => {
      stopped.push(id);
      const found = find(id);
      found.looks = [{ ...lookAt(id), status: "Stopped" }];
    },
    now: async () => {
      throw new Error("nobody asks for it here");
    },
    active: async () => {
      const active = newestFirst().filter(isActive);
      for (const { id } of active)
        if (find(id).looks.length > 1 && !created.some((_, i) => id === `d-${i + 1}`)) find(id).looks.shift();
      return active;
    },
    recent: async (_kind, statuses) =>
      newestFirst().filter(({ status }) => statuses === undefined || statuses.includes(status ?? "")),
  };
}
