import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "@compose-fleet/process";
import { createS3Revisions } from "@compose-fleet/release-aws/revisions";
import request from "supertest";
import { expect } from "vitest";
import { followUnderTest } from "../cli/src/release/follow-under-test.ts";
import { rollOut } from "../cli/src/release/roll-out.ts";
import { startFront } from "../emulator/test/front-under-test.ts";
import { BUCKET, sdkClients } from "../emulator/test/sdk-under-test.ts";
import type { Wh } from "../wh/src/create-wh.ts";
import { createFakeClock } from "../wh/src/test-support/fake-clock.ts";
import { startGitRemote } from "../wh/src/test-support/git-remote.ts";
import { createPullingWh } from "../wh/src/test-support/pulling-wh.ts";
import { testFleet } from "../wh/src/test-support/test-fleet.ts";
import { API_TOKEN } from "../wh/src/test-support/world.ts";

/** What is in a commit's tree, as the second half of its revision's name. */
export const TREES = {
  good: "111111111111",
  better: "222222222222",
  best: "333333333333",
  /** Starts on no machine. */
  bad: "bad000000000",
  /** Starts on no machine whose turn comes last: CodeDeploy calls such a deployment a success. */
  badOnTheLast: "1a5700000000",
} as const;

/** Of the scalers' time, in milliseconds. */
const STEP_MS = 2_000;
/** Of this machine's time, which Git and the emulated machines keep: within it what is waited for has to come about. */
const LIMIT_MS = 30_000;
/** As AWS waits for a machine that is silent. */
const SILENCE_MS = 3_600_000;

/**
 * A repository behind Git's own server, scalers with their own parts, and CodeDeploy, S3, DynamoDB and Auto Scaling emulated, whose two machines exist on
 * paper. The scalers' time passes in steps, so that their minutes take none.
 */
export async function startPullingFleet() {
  const clock = createFakeClock(Date.now());
  const remote = await startGitRemote();
  const said: string[] = [];
  const scalers = new Set<Wh>();
  let pause: { readonly reach: (instanceId: string) => void; readonly end: Promise<void> } | undefined;
  const front = await startFront(systemClock, {
    silenceMs: SILENCE_MS,
    beforeEvent: async (instanceId, event, { key }) => {
      if (event !== "ApplicationStart") return;
      if (pause) {
        const { reach, end } = pause;
        pause = undefined;
        reach(instanceId);
        await end;
      }
      const last = front.deployments.list()[0]?.targets.at(-1)?.instanceId;
      if (key.includes(TREES.badOnTheLast) && instanceId === last) throw new Error("no disk");
    },
  });
  const sdk = sdkClients(front.endpoint, front.accessKeyId);
  const fleet = testFleet({
    name: "contract",
    environment: "test",
    workers: { min: 1, max: 3 },
    releases: { pull: { repository: "https://example.com/fleet.git" } },
  });

  const passStep = async () => {
    await clock.advance(STEP_MS);
    // What the scalers have asked of AWS and Git is answered meanwhile.
    await sleep(10);
  };
  const whenPassing = async <T>(work: Promise<T>): Promise<T> => {
    let isOver = false;
    const over = work.finally(() => {
      isOver = true;
    });
    // Awaited below; until then a failure must not count as unhandled.
    over.catch(() => undefined);
    while (!isOver) await passStep();
    return over;
  };
  /** Lets time pass until something is so; fails with what is so instead. */
  const until = async (isSo: () => boolean | Promise<boolean>, told: () => unknown) => {
    const startedAtMs = Date.now();
    while (!(await isSo())) {
      if (Date.now() - startedAtMs > LIMIT_MS)
        expect.fail(`not within ${LIMIT_MS / 1000} s: ${JSON.stringify(await told())}`);
      await passStep();
    }
  };
  const inService = () => front.workers.group().instances.filter(({ state }) => state === "in-service");
  const oldestFirst = () => [...front.deployments.list()].reverse();
  const nameIn = ({ revision: { key } }: { revision: { key: string } }) => key.replace(/^workers\/(.*)\.tgz$/, "$1");
  /** Those that concerned all machines, the oldest first: `CREATOR REVISION STATUS`. */
  const deployments = () =>
    oldestFirst()
      .filter(({ creator }) => creator !== "autoscaling")
      .map((each) => `${each.creator} ${nameIn(each)} ${each.status}`);
  const status = async (wh: Wh) => {
    const { body } = await request(wh.app).get("/api/status").set("authorization", `Bearer ${API_TOKEN}`);
    return body;
  };
  const scaleTo = async (workers: number) => {
    front.workers.setDesired(workers);
    await until(() => inService().length === workers, inService);
  };
  await scaleTo(2);

  return {
    commit: remote.commit,
    revert: remote.revert,
    /** Puts a commit's revision into the bucket, as CI does; returns its name. */
    upload: async (commit: string, tree: keyof typeof TREES) => {
      const name = `${commit.slice(0, 12)}-${TREES[tree]}`;
      await createS3Revisions(sdk.s3, BUCKET).put("workers", name, Buffer.from(name));
      return name;
    },
    /** What `fleet release` does with a revision that has been uploaded. */
    releaseByHand: (revision: string) =>
      rollOut(
        followUnderTest(sdk, () => undefined),
        { kind: "workers", revision, author: "me@here" },
      ),
    /** One more scaler; `holder` is its name. */
    start: async (holder: string): Promise<Wh> => {
      const channel = { name: "test", send: async (text: string) => void said.push(text) };
      const repository = `${remote.url}/public/fleet.git`;
      const wh = createPullingWh({ fleet, holder, repository, clients: sdk, clock, channel });
      await whenPassing(wh.start());
      scalers.add(wh);
      return wh;
    },
    stop: async (wh: Wh) => {
      scalers.delete(wh);
      await whenPassing(wh.stop());
    },
    status,
    scaleTo,
    /** Ends a worker, and lowers the group's number with it. */
    terminate: (id: string) => front.workers.terminate(id, true),
    /** Lets time pass until something of the emulated AWS is so. */
    passUntil: (isSo: () => boolean) => until(isSo, deployments),
    /** Lets time pass until the scaler has looked that often; once a minute, of its own time. */
    looks: async (wh: Wh, times: number) => {
      const seen = new Set<number | null>();
      const hasLooked = async () => seen.add((await status(wh)).releases.lookedAtMs).size > times;
      await until(hasLooked, () => [...seen]);
    },
    /** Lets time pass until what the scaler's status says of releases is like this. */
    until: (wh: Wh, releases: Readonly<Record<string, string | RegExp | null>>) => {
      const isSo = (found: Record<string, unknown>) =>
        Object.entries(releases).every(([key, value]) =>
          value instanceof RegExp ? value.test(String(found[key])) : found[key] === value,
        );
      return until(
        async () => isSo((await status(wh)).releases),
        async () => (await status(wh)).releases,
      );
    },
    /** Lets time pass until what the scaler knows of the group's other changes is like this. */
    untilBusyWith: (wh: Wh, words: RegExp) =>
      until(
        async () => words.test((await status(wh)).workers.busyWith ?? ""),
        async () => (await status(wh)).workers,
      ),
    /** Holds the next machine up before it starts what was deployed to it; `reached` tells which. */
    pause: () => {
      let [reach, end] = [(_: string) => {}, () => {}];
      const reached = new Promise<string>((resolve) => {
        reach = resolve;
      });
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      pause = { reach, end: ended };
      return { reached: () => whenPassing(reached), end };
    },
    deployments,
    /** What each worker was deployed to last, with success. */
    running: () =>
      inService().map(({ id }) => {
        const isOn = ({ targets }: { targets: readonly { instanceId: string; status: string }[] }) =>
          targets.some(({ instanceId, status: ended }) => instanceId === id && ended === "Succeeded");
        const newest = oldestFirst().findLast(isOn);
        return newest && nameIn(newest);
      }),
    /** What people were told. */
    said: () => said.join("\n"),
    close: async () => {
      for (const wh of scalers) await whenPassing(wh.stop());
      sdk.destroy();
      await front.close();
      await remote.close();
    },
  };
}
