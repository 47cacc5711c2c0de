/** What CodeDeploy's agent does on an instance for an in-place deployment without a load balancer, in this order. */
export const LIFECYCLE_EVENTS = [
  "ApplicationStop",
  "DownloadBundle",
  "BeforeInstall",
  "Install",
  "AfterInstall",
  "ApplicationStart",
  "ValidateService",
] as const;

export type LifecycleEventName = (typeof LIFECYCLE_EVENTS)[number];

/** Where a revision lies. */
export interface Revision {
  readonly bucket: string;
  readonly key: string;
  readonly bundleType: "tgz" | "tar";
}

/** Whether two name the same revision. */
export function sameRevision(left: Revision | undefined, right: Revision | undefined): boolean {
  return left?.bucket === right?.bucket && left?.key === right?.key;
}

/** What the agent says about a lifecycle event that has ended. */
export interface Diagnostics {
  readonly errorCode:
    | "Success"
    | "ScriptMissing"
    | "ScriptNotExecutable"
    | "ScriptTimedOut"
    | "ScriptFailed"
    | "UnknownError";
  readonly scriptName: string;
  readonly message: string;
  /** The end of what the scripts said. */
  readonly logTail: string;
}

/** The diagnostics of an event of which there is nothing to say. */
export const SUCCESS: Diagnostics = { errorCode: "Success", scriptName: "", message: "Succeeded", logTail: "" };
