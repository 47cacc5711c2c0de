/** State of an EC2 instance, in EC2's words. */
export type Ec2State = "pending" | "running" | "shutting-down" | "terminated";

/** EC2's code of each state. */
export const STATE_CODES: Readonly<Record<Ec2State, number>> = {
  pending: 0,
  running: 16,
  "shutting-down": 32,
  terminated: 48,
};

/** An emulated EC2 instance. Times are epoch milliseconds. */
export interface Ec2Instance {
  readonly id: string;
  /** Such as `eu-central-1a`. */
  readonly zone: string;
  readonly address: string;
  readonly instanceType: string;
  /** How it is paid; on demand where it is unset. */
  readonly lifecycle?: "on-demand" | "spot";
  readonly state: Ec2State;
  readonly launchedAtMs: number;
  /** How long its operating system takes before anything of the fleet runs, milliseconds. */
  readonly bootMs?: number;
  readonly terminatedAtMs?: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Whether the SSM agent is online; false while the machine boots. */
  readonly managed: boolean;
  /** Its host failed: nothing runs there any more, though EC2 says running. */
  readonly impaired?: boolean;
  /** Cut off the network. */
  readonly cut?: boolean;
  /** Its programs stand still, agents included; EC2's status checks pass. */
  readonly hung?: boolean;
}

/** Whether the SSM agent of a registered instance can be reached. */
export function isOnline(instance: Ec2Instance): boolean {
  return instance.managed && !instance.impaired && !instance.cut && !instance.hung;
}

/** EC2 goes on listing a terminated instance for about this long. */
const TERMINATED_VISIBLE_MS = 600_000;

export interface InstanceStore {
  /** In order of launch; terminated ones disappear after a while. */
  readonly list: () => readonly Ec2Instance[];
  readonly get: (id: string) => Ec2Instance | undefined;
  readonly add: (instance: Ec2Instance) => void;
  /** Changes an instance; an unknown id changes nothing. */
  readonly update: (id: string, change: Partial<Ec2Instance>) => void;
}

/** The instances of the emulated account, in memory. */
export function createInstanceStore(now: () => number): InstanceStore {
  const instances = new Map<string, Ec2Instance>();
  const forget = () => {
    for (const [id, instance] of instances)
      if (instance.terminatedAtMs !== undefined && now() - instance.terminatedAtMs > TERMINATED_VISIBLE_MS)
        instances.delete(id);
  };
  return {
    list: () => {
      forget();
      return [...instances.values()];
    },
    get: (id) => {
      forget();
      return instances.get(id);
    },
    add: (instance) => void instances.set(instance.id, instance),
    update: (id, change) => {
      const instance = instances.get(id);
      if (instance) instances.set(id, { ...instance, ...change });
    },
  };
}
