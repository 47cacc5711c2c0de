import type { BakedImage, BakingInstance, BakingInstances, Images, Launch } from "./ports.ts";

/** EC2 in memory, as far as images need it: it keeps the promises of the ports' contract. */
export interface FakeEc2 {
  readonly instances: BakingInstances;
  readonly images: Images;
  /** What was launched, in order. */
  readonly launched: readonly Launch[];
  /** What an instance does by itself, or AWS does with it. */
  become(id: string, state: BakingInstance["state"], turnedItselfOff?: boolean): void;
  print(id: string, text: string): void;
  settle(imageId: string, state: BakedImage["state"]): void;
}

type Tags = Readonly<Record<string, string>>;

/** Without anything in it at first. */
export function createFakeEc2(nowMs: () => number): FakeEc2 {
  const instances = new Map<string, BakingInstance & { tags: Tags; token: string; output: string }>();
  const images = new Map<string, BakedImage>();
  const launched: Launch[] = [];
  const carries = (tags: Tags, wanted: Tags) => Object.entries(wanted).every(([name, value]) => tags[name] === value);
  const get = (id: string) => {
    const instance = instances.get(id);
    if (instance === undefined) throw Object.assign(new Error(`no ${id}`), { name: "InvalidInstanceID.NotFound" });
    return instance;
  };
  return {
    instances: {
      launch: async (launch) => {
        const same = [...instances.values()].find(({ token }) => token === launch.token);
        if (same !== undefined) return same.id;
        launched.push(launch);
        const id = `i-${String(launched.length).padStart(17, "0")}`;
        const { tags, token } = launch;
        instances.set(id, {
          id,
          state: "running",
          turnedItselfOff: false,
          launchedAtMs: nowMs(),
          tags,
          token,
          output: "",
        });
        return id;
      },
      find: async (tags) =>
        [...instances.values()].filter((one) => one.state !== "terminated" && carries(one.tags, tags)),
      console: async (id) => get(id).output,
      terminate: async (id) => {
        const instance = instances.get(id);
        if (instance !== undefined) instances.set(id, { ...instance, state: "terminated", turnedItselfOff: false });
      },
    },
    images: {
      create: async (instanceId, name, tags) => {
        get(instanceId);
        const id = `ami-${String(images.size + 1).padStart(17, "0")}`;
        images.set(id, { id, name, state: "available", createdAtMs: nowMs(), tags });
        return id;
      },
      find: async (tags) => [...images.values()].filter((one) => carries(one.tags, tags)),
      delete: async (id) => void images.delete(id),
    },
    launched,
    become: (id, state, turnedItselfOff = false) => void instances.set(id, { ...get(id), state, turnedItselfOff }),
    print: (id, text) => void instances.set(id, { ...get(id), output: get(id).output + text }),
    settle: (id, state) => {
      const image = images.get(id);
      if (image !== undefined) images.set(id, { ...image, state });
    },
  };
}
