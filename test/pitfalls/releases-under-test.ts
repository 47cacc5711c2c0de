import { systemClock } from "@compose-fleet/process";
import { revisionOfKey } from "@compose-fleet/releases";
import { onTestFinished, vi } from "vitest";
import { followUnderTest } from "../../cli/src/release/follow-under-test.ts";
import { rollOut } from "../../cli/src/release/roll-out.ts";
import type { Target } from "../../emulator/src/releases/deployment.ts";
import type { LifecycleEventName } from "../../emulator/src/releases/lifecycle.ts";
import { startFront } from "../../emulator/test/front-under-test.ts";
import { sdkClients } from "../../emulator/test/sdk-under-test.ts";

/** As AWS has it: how long CodeDeploy waits for an instance that is silent. */
const SILENCE_MS = 60 * 60_000;

interface Pause {
  readonly instanceId: string;
  readonly event: LifecycleEventName;
  readonly reach: () => void;
  readonly end: Promise<void>;
}

/** One worker of the emulated AWS and `fleet release` around it, until the test is over. */
export async function startReleases() {
  let pause: Pause | undefined;
  const front = await startFront(systemClock, {
    silenceMs: SILENCE_MS,
    beforeEvent: async (instanceId, event) => {
      if (pause?.instanceId !== instanceId || pause.event !== event) return;
      pause.reach();
      await pause.end;
    },
  });
  const sdk = sdkClients(front.endpoint, front.accessKeyId);
  onTestFinished(async () => {
    sdk.destroy();
    await front.close();
  });
  const said: string[] = [];
  const deps = followUnderTest(sdk, (text) => said.push(text));
  const inService = () => front.workers.group().instances.filter(({ state }) => state === "in-service");
  const until = (workers: number) =>
    vi.waitFor(() => {
      if (inService().length !== workers) throw new Error(`${inService().length} workers, not ${workers}`);
    }, 15_000);
  await until(1);

  return {
    sdk,
    said: () => said.join(""),
    members: () => inService().map(({ id }) => id),
    release: (revision: string) => rollOut(deps, { kind: "workers", revision, author: "me@here" }),
    deployment: deps.deployments.read,
    /** What the instance was deployed to last; undefined before its first revision. */
    revisionOf: (id: string) => {
      const isOn = ({ instanceId, status }: Target) => instanceId === id && status === "Succeeded";
      return revisionOfKey(front.deployments.list().find(({ targets }) => targets.some(isOn))?.revision.key ?? "");
    },
    /** Holds an instance up before its next event of that name, in whatever deployment. */
    pauseAt: (instanceId: string, event: LifecycleEventName) => {
      let [reach, end] = [() => {}, () => {}];
      const reached = new Promise<void>((resolve) => {
        reach = resolve;
      });
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      pause = { instanceId, event, reach, end: ended };
      return { reached, end };
    },
    /** Resolves when that many are in service. */
    scaleTo: async (workers: number) => {
      front.workers.setDesired(workers);
      await until(workers);
    },
    /** Ends a worker, and lowers the group's number with it. */
    terminate: (id: string) => front.workers.terminate(id, true),
  };
}
