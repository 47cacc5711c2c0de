import type { MachineKind } from "@compose-fleet/fleet";
import type { DeploymentInfo, DeploymentTarget } from "./deployment-facts.ts";
import type { RevisionLocation } from "./revision.ts";

/** One deployment, as CodeDeploy knows it. */
export interface Deployment extends DeploymentInfo {
  readonly id: string;
  /** What it deploys; undefined when that is none of our revisions. */
  readonly revision: string | undefined;
  readonly description: string;
  /** user, autoscaling, codeDeployRollback or CodeDeployAutoUpdate. */
  readonly creator: string;
  /** Epoch milliseconds. */
  readonly createdAtMs: number;
  /** The deployment that takes this one back, once CodeDeploy has begun it. */
  readonly rollbackId: string | undefined;
}

/** What is to be deployed to machines of which kind. */
export interface DeploymentOrder {
  readonly kind: MachineKind;
  readonly location: RevisionLocation;
  readonly description: string;
  /** Goes by none of the deployment group's alarms, for which AWS asks for the right to change the group. */
  readonly askNoAlarm?: boolean;
}

/** What the deployment group of a kind of machine says of itself. */
export interface ReleasedNow {
  /** Bucket of the revision that new machines get; undefined before the first release. */
  readonly bucket?: string;
  /** Keys of the revisions that were last deployed with success, and at all; with the deployment that did it. */
  readonly succeeded?: { readonly key: string; readonly deployment: string };
  readonly attempted?: { readonly key: string; readonly deployment: string };
}

/** A deployment cannot begin because another of the group is active. */
export class DeploymentActiveError extends Error {
  override readonly name = "DeploymentActiveError";
}

/** CodeDeploy knows no such deployment. */
export class UnknownDeploymentError extends Error {
  override readonly name = "UnknownDeploymentError";

  constructor(id: string) {
    super(`CodeDeploy knows no deployment ${id}`);
  }
}

/** The deployments of a fleet. Every method throws AWS's errors. */
export interface Deployments {
  /** Begins one and returns its id. Throws `DeploymentActiveError` while another is active. Not idempotent: look first whether it has begun. */
  create(order: DeploymentOrder): Promise<string>;
  /** Throws `UnknownDeploymentError` where there is none. */
  read(id: string): Promise<Deployment>;
  /** None of one that has not begun. */
  targets(id: string): Promise<readonly DeploymentTarget[]>;
  /** Ends one; the rest of its targets are skipped and nothing is taken back. One that has ended stays as it is. */
  stop(id: string): Promise<void>;
  now(kind: MachineKind): Promise<ReleasedNow>;
  /** Those that still change machines, newest first. */
  active(kind: MachineKind): Promise<readonly Deployment[]>;
  /** The newest ones, newest first, at most 25; of these statuses only, where some are given. */
  recent(kind: MachineKind, statuses?: readonly string[]): Promise<readonly Deployment[]>;
}
