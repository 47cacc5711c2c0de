/** An instance that becomes an image. */
export interface BakingInstance {
  readonly id: string;
  /** EC2's word. */
  readonly state: "pending" | "running" | "shutting-down" | "terminated" | "stopping" | "stopped";
  /** Whether it was turned off from inside, as only user data that came to its end does. */
  readonly turnedItselfOff: boolean;
  readonly launchedAtMs: number;
}

/** How the instance is launched. */
export interface Launch {
  /** Launch template of the workers, whose newest version says all the rest. */
  readonly template: string;
  readonly subnetId: string;
  /** An AMI's id, or `resolve:ssm:` and a parameter. */
  readonly image: string;
  /** Plain text. */
  readonly userData: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The same token launches once. */
  readonly token: string;
}

/** Instances that become images. Every method throws AWS's errors. */
export interface BakingInstances {
  /** Returns the id. */
  launch(launch: Launch): Promise<string>;
  /** Those that carry all these tags and are not terminated. */
  find(tags: Readonly<Record<string, string>>): Promise<readonly BakingInstance[]>;
  /** What its console shows, as far as EC2 has it; the newest lines may be missing. */
  console(id: string): Promise<string>;
  /** Idempotent. */
  terminate(id: string): Promise<void>;
}

/** A machine image of the fleet. */
export interface BakedImage {
  readonly id: string;
  readonly name: string;
  readonly state: "pending" | "available" | "failed" | "other";
  readonly createdAtMs: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** Machine images. Every method throws AWS's errors. */
export interface Images {
  /** Of an instance that is stopped; returns the id of an image that is not available yet. */
  create(instanceId: string, name: string, tags: Readonly<Record<string, string>>): Promise<string>;
  /** This account's, with all these tags. */
  find(tags: Readonly<Record<string, string>>): Promise<readonly BakedImage[]>;
  /** Deregisters it and deletes its disks. Idempotent. */
  delete(id: string): Promise<void>;
}

/** The image that new workers start from. Both throw AWS's errors. */
export interface CurrentImage {
  /** Undefined where none was made yet. */
  read(): Promise<string | undefined>;
  write(id: string): Promise<void>;
}

/** What workers are launched with. Throws AWS's errors, and `CliError` where there is no such fleet. */
export interface WorkerTemplate {
  /** Plain text of the newest version's user data, and a subnet of the group. */
  read(): Promise<{ readonly userData: string; readonly subnetId: string }>;
}
