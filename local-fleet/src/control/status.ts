import type { Ec2State, TargetState } from "@compose-fleet/emulator";

/** One worker as the local fleet sees it. Times are epoch milliseconds. */
export interface WorkerStatus {
  readonly id: string;
  readonly zone: string;
  readonly address: string;
  readonly state: Ec2State;
  readonly target: TargetState | "none";
  readonly launchedAtMs: number;
  /** Milliseconds of emulated boot, before start.sh. */
  readonly bootMs?: number;
  /** When start.sh had ended well. */
  readonly servingAtMs?: number;
}

/** What `GET /status` answers. */
export interface LocalFleetStatus {
  readonly name: string;
  readonly environment: string;
  readonly state: "starting" | "ready" | "stopping" | "stopped";
  readonly pid: number;
  readonly group: { readonly name: string; readonly min: number; readonly max: number; readonly desired: number };
  /** Without the terminated ones. */
  readonly workers: readonly WorkerStatus[];
  /** Addresses on this machine. */
  readonly endpoints: {
    readonly balancer: string;
    /** The load balancer for clients that begin each connection with a header of the PROXY protocol, which its log then names. */
    readonly balancerProxy: string;
    readonly aws: string;
    readonly wh: string;
    /** The second wh; it answers also while the first leads. */
    readonly whStandby: string;
    readonly prometheus: string;
    readonly alertmanager: string;
    readonly grafana: string;
  };
  /** Lets AWS tools talk to the emulator; worth nothing anywhere else. */
  readonly aws: { readonly region: string; readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly secretFiles: {
    readonly apiToken: string;
    readonly alertsToken: string;
    readonly prometheusPassword: string;
  };
  /** Where `fleet release` goes. */
  readonly releases: {
    readonly application: string;
    readonly deploymentGroup: string;
    readonly bucket: string;
    /** What new workers start with; absent until a deployment has succeeded. */
    readonly revision?: string;
    /** The deployments that go on now, newest first. */
    readonly running: readonly {
      readonly id: string;
      readonly creator: string;
      readonly description: string;
      readonly revision: string;
      readonly createdAtMs: number;
    }[];
  };
  readonly containers: { readonly monitoringProject: string };
  /** The last sentences about what went wrong, oldest first. */
  readonly problems: readonly string[];
}
