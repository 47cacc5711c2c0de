import { createInMemoryJobRuns } from "@compose-fleet/release-aws/in-memory-job-runs";
import { createDynamoJobRuns } from "@compose-fleet/release-aws/job-runs";
import { BEFORE_RELEASE, type JobAsk, type JobRun, type JobRuns } from "@compose-fleet/releases";
import { describe, expect, test } from "vitest";
import { withDynalite } from "../test-support/with-dynalite.ts";

const dynalite = withDynalite();
const AT_MS = Date.parse("2026-03-01T03:00:00Z");
const run = (change: Partial<JobRun> = {}): JobRun => ({
  job: "nightly",
  id: "20260301T030000Z",
  state: "running",
  worker: "i-1",
  attempt: 1,
  askId: "a",
  by: "me",
  atMs: AT_MS,
  seconds: 60,
  fence: 5,
  ...change,
});
const ask = (askId: string, change: Partial<JobAsk> = {}): JobAsk => ({
  job: BEFORE_RELEASE,
  id: "r",
  askId,
  by: "me",
  atMs: AT_MS,
  seconds: 60,
  revision: { bucket: "b", key: "workers/r.tgz" },
  evenIfLost: false,
  ...change,
});

describe.each<[string, () => Promise<JobRuns>]>([
  ["in memory", async () => createInMemoryJobRuns()],
  ["DynamoDB", async () => createDynamoJobRuns(dynalite.documents(), await dynalite.emptyTable())],
])("runs of jobs: %s", (_name, create) => {
  test("of all who begin a run one does", async () => {
    const runs = await create();
    const all = await Promise.all(["i-1", "i-2", "i-3"].map((worker) => runs.begin(run({ worker }))));
    expect(all.toSorted()).toEqual(["begun", "known", "known"]);
    expect(await runs.read("nightly", "20260301T030000Z")).toMatchObject({ state: "running", attempt: 1 });
    expect(await runs.read("nightly", "another")).toBeUndefined();
  });

  test("a run is changed as it was seen, and not under a lower fence than it has", async () => {
    const runs = await create();
    await runs.begin(run());
    expect(await runs.change(run({ state: "done", fence: 4 }), run())).toBe("superseded");
    expect(await runs.change(run({ fence: 7 }), run())).toBe("changed");
    expect(await runs.change(run({ state: "done" }), run())).toBe("superseded");
    expect(await runs.change(run({ state: "failed", fence: 7, words: "no" }), run({ fence: 7 }))).toBe("changed");
    expect(await runs.change(run({ state: "done", fence: 8 }), run({ fence: 7 }))).toBe("superseded");
    expect(await runs.read("nightly", "20260301T030000Z")).toEqual(run({ state: "failed", fence: 7, words: "no" }));
  });

  test("the newest first", async () => {
    const runs = await create();
    for (const day of ["02", "01", "03"]) await runs.begin(run({ id: `202603${day}T030000Z` }));
    await runs.begin(run({ job: "other" }));
    expect((await runs.newest("nightly", 2)).map(({ id }) => id)).toEqual(["20260303T030000Z", "20260302T030000Z"]);
  });

  test("a wish replaces an earlier one for the same run, and is taken back by its own id alone", async () => {
    const runs = await create();
    await runs.ask(ask("one"));
    await runs.ask(ask("two"));
    await runs.ask(ask("three", { id: "s" }));
    await runs.withdraw(ask("one"));
    expect((await runs.asked()).map(({ askId }) => askId).toSorted()).toEqual(["three", "two"]);
    await runs.withdraw(ask("two"));
    await runs.withdraw(ask("two"));
    expect(await runs.asked()).toEqual([ask("three", { id: "s" })]);
  });
});

test("a record that this version does not understand is no run that may begin", async () => {
  const table = await dynalite.emptyTable();
  const runs = createDynamoJobRuns(dynalite.documents(), table);
  await runs.begin({ ...run(), state: "dreaming" as JobRun["state"] });
  await expect(runs.read("nightly", "20260301T030000Z")).rejects.toThrow(/job#nightly\/20260301T030000Z .* is no run/);
});
