import { createInMemoryJobRuns } from "@compose-fleet/release-aws/in-memory-job-runs";
import { BEFORE_RELEASE, type JobRun } from "@compose-fleet/releases";
import { expect, test } from "vitest";
import { createLineProgress } from "../run/progress.ts";
import { runBeforeRelease } from "./before-release.ts";

const REVISION = "0123456789ab-ba9876543210";
const migrate = { service: "web", command: ["migrate"], when: "before-release" as const, timeout: 60 };

/** A release whose wish the scaler answers as said; it looks once a second. */
function releaseWhere(scaler: (seconds: number) => Partial<JobRun> | undefined, jobs: object = { migrate }) {
  const runs = createInMemoryJobRuns();
  let nowMs = 0;
  const lines: string[] = [];
  const stop = new AbortController();
  const deps = {
    asks: runs,
    bucket: "b",
    clock: {
      nowMs: () => nowMs,
      sleep: async (ms: number) => {
        nowMs += ms;
        const [ask] = await runs.asked();
        const answer = ask && scaler(nowMs / 1000);
        if (!ask || !answer) return;
        const run = { ...ask, state: "running", worker: "i-1", attempt: 1, fence: 1, ...answer } as JobRun;
        const seen = await runs.read(ask.job, ask.id);
        await (seen ? runs.change(run, seen) : runs.begin(run));
      },
    },
    progress: createLineProgress({ write: (line) => void lines.push(line), nowMs: () => 0 }),
    stop: stop.signal,
    newId: () => "ask-1",
  };
  const order = { config: { jobs } as never, revision: REVISION, author: "me@here", evenIfLost: false };
  return {
    runs,
    stop,
    text: () => lines.join(""),
    release: (evenIfLost = false) => runBeforeRelease(deps, { ...order, evenIfLost }),
  };
}
const at = (seconds: number, run: Partial<JobRun>) => (now: number) => (now >= seconds ? run : undefined);

test("without such a job nobody is asked", async () => {
  const { runs, release } = releaseWhere(() => undefined, {
    nightly: { ...migrate, when: undefined, schedule: "0 3 * * *" },
  });
  await release();
  expect(await runs.asked()).toEqual([]);
});

test("the wish says which revision; the release goes on when its jobs are done", async () => {
  const { runs, release } = releaseWhere(at(5, { state: "done", words: "migrate: done" }));
  await release();
  expect(await runs.read(BEFORE_RELEASE, REVISION)).toMatchObject({
    revision: { bucket: "b", key: `workers/${REVISION}.tgz` },
    by: "me@here",
    seconds: 60,
  });
});

test("done is done: nobody is asked again", async () => {
  const { runs, release, text } = releaseWhere(at(1, { state: "done" }));
  await release();
  for (const ask of await runs.asked()) await runs.withdraw(ask);
  await release();
  expect(await runs.asked()).toEqual([]);
  expect(text()).toContain(`migrate ran before for ${REVISION}`);
});

test.each([
  [
    "a job that fails ends the release, with its last words",
    { state: "failed", words: "migrate ended with exit code 3: no table" },
    /^No release: on i-1, migrate ended with exit code 3: no table\nNothing was deployed/,
  ],
  [
    "so does one of which nobody knows",
    { state: "lost", words: "i-1 is gone" },
    /nobody knows whether migrate was carried out.*i-1 is gone\n.*--rerun-jobs/,
  ],
] as const)("%s", async (_rule, run, message) => {
  const { release } = releaseWhere(at(2, run));
  await expect(release()).rejects.toThrow(message);
});

test("no scaler takes the wish: it is taken back", async () => {
  const { runs, release } = releaseWhere(() => undefined);
  await expect(release()).rejects.toThrow(/No scaler has begun migrate for 120 s/);
  expect(await runs.asked()).toEqual([]);
});

test("interrupted, the wish is taken back", async () => {
  const { runs, stop, release } = releaseWhere(() => {
    stop.abort();
    return undefined;
  });
  await expect(release()).rejects.toThrow();
  expect(await runs.asked()).toEqual([]);
});
