import type { LifecycleState } from "@aws-sdk/client-auto-scaling";
import type { WorkerState } from "@compose-fleet/policy";

/** What a lifecycle state of AWS is to the policy. */
export interface MemberState {
  readonly state: WorkerState;
  /** The group may count it towards the desired capacity, though it is no capacity. */
  readonly mayCount?: boolean;
  /** The group has not called it in service yet. */
  readonly isLaunching?: boolean;
}

const LAUNCHING: MemberState = { state: "pending", isLaunching: true };
const LEAVING: MemberState = { state: "terminating" };
/** Kept for as long as somebody likes, and not counted. */
const ASIDE: MemberState = { state: "aside" };
/** No capacity, and whether the group counts it nobody says. */
const DOUBTFUL: MemberState = { state: "aside", mayCount: true };

const STATES: Readonly<Record<LifecycleState, MemberState>> = {
  Pending: LAUNCHING,
  "Pending:Wait": LAUNCHING,
  "Pending:Proceed": LAUNCHING,
  InService: { state: "in-service" },
  Terminating: LEAVING,
  "Terminating:Wait": LEAVING,
  "Terminating:Proceed": LEAVING,
  Terminated: LEAVING,
  // Kept after its end for somebody to look at, until that one lets it go.
  "Terminating:Retained": ASIDE,
  Standby: ASIDE,
  EnteringStandby: DOUBTFUL,
  Detaching: DOUBTFUL,
  Detached: ASIDE,
  Quarantined: DOUBTFUL,
  ReplacingRootVolume: DOUBTFUL,
  "ReplacingRootVolume:Wait": DOUBTFUL,
  "ReplacingRootVolume:Proceed": DOUBTFUL,
  RootVolumeReplaced: DOUBTFUL,
  // A warm pool stands beside the group.
  "Warmed:Pending": ASIDE,
  "Warmed:Pending:Wait": ASIDE,
  "Warmed:Pending:Proceed": ASIDE,
  "Warmed:Pending:Retained": ASIDE,
  "Warmed:Running": ASIDE,
  "Warmed:Stopped": ASIDE,
  "Warmed:Hibernated": ASIDE,
  "Warmed:Terminating": ASIDE,
  "Warmed:Terminating:Wait": ASIDE,
  "Warmed:Terminating:Proceed": ASIDE,
  "Warmed:Terminating:Retained": ASIDE,
  "Warmed:Terminated": ASIDE,
};

/** The state by AWS's name. One that AWS has invented since is no capacity, may be counted, and ends nobody. */
export function memberStateOf(lifecycle: string | undefined): MemberState {
  return Object.hasOwn(STATES, lifecycle ?? "") ? STATES[lifecycle as LifecycleState] : DOUBTFUL;
}
