import { setTimeout as sleep } from "node:timers/promises";
import { createCodeDeployDeployments } from "@compose-fleet/release-aws/deployments";
import { BUCKET, GROUP, RELEASES, type SdkClients } from "../../../emulator/test/sdk-under-test.ts";
import { createLineProgress } from "../run/progress.ts";
import type { FollowDeps } from "./follow-deployment.ts";
import { createGroupMembers } from "./group-members.ts";

/** How often a deployment is asked about: one event of the emulated AWS takes half of it, and each look is several calls. */
export const POLL_MS = 40;

/** What following a deployment needs, against the emulated AWS of tests; `write` gets what a person would read. */
export function followUnderTest(clients: SdkClients, write: (text: string) => void): FollowDeps {
  return {
    deployments: createCodeDeployDeployments({ client: clients.codedeploy, application: RELEASES.applicationName }),
    bucket: BUCKET,
    members: createGroupMembers(clients.autoscaling, GROUP),
    clock: { nowMs: () => Date.now(), sleep: () => sleep(POLL_MS) },
    progress: createLineProgress({ write, nowMs: () => 0 }),
    stop: new AbortController().signal,
  };
}
