import { describe, expect, test } from "vitest";
import { recordedLook } from "../../dev/recording.ts";
import { chartData, marksOf, tableRows } from "./chart-data.ts";
import { durationText, momentText, numberText, secondsText, shareText, usdText } from "./format.ts";
import { limitText } from "./limits.ts";
import { noticesOf } from "./notices.ts";
import { emptyState, knownUntil, type PageState, serverNow, withLook, withTime } from "./page-state.ts";
import { changeText, countdownText, targetViews } from "./targets.ts";
import { entriesShown, timelineOf } from "./timeline.ts";
import { cellGroups, heatOf, windowOf, workerRows } from "./worker-rows.ts";

const recording = { workers: 6, replicas: 8, decisions: 60, service: "web", startMs: 1_700_000_000_000 };
const first = recordedLook(recording, 0);
const at = (pageMs: number, wallMs = first.nowMs + pageMs) => ({ pageMs, wallMs });
const seen = (change: Partial<PageState> = {}): PageState => ({
  ...withLook(emptyState, first, at(0)),
  link: { kind: "live" },
  ...change,
});

describe("numbers for people", () => {
  test.each([
    [numberText(0), "0"],
    [numberText(0.4234), "0.42"],
    [numberText(4.2), "4.2"],
    [numberText(41.96), "42"],
    [numberText(123_456.7), "123,457"],
    [shareText(0.0004), "< 0.1 %"],
    [shareText(0.051), "5.1 %"],
    [shareText(1), "100 %"],
    [usdText(0.0416), "0.042 USD"],
    [usdText(30.368), "30.37 USD"],
    [usdText(1_420.4), "1,420 USD"],
    [secondsText(0.0841), "84 ms"],
    [secondsText(1.204), "1.2 s"],
    [durationText(-5), "0 s"],
    [durationText(59_400), "59 s"],
    [durationText(303_000), "5 min 3 s"],
    [durationText(7_800_000), "2 h 10 min"],
    [durationText(180_000_000), "2 d 2 h"],
  ])("%s", (got, expected) => expect(got).toBe(expected));

  test.each([null, undefined, Number.NaN, Number.POSITIVE_INFINITY])("%s is unknown, never 0", (value) => {
    for (const text of [numberText, shareText, secondsText, usdText]) expect(text(value)).toBe("–");
  });

  test("what was not today has its day", () => {
    const now = new Date(2026, 10, 30, 12, 0, 0).getTime();
    expect(momentText(now - 60_000, now)).toBe("11:59:00");
    expect(momentText(now - 86_400_000, now)).toBe("2026-11-29 12:00:00");
    expect(momentText(Number.NaN, now)).toBe("–");
  });
});

describe("the state of the page", () => {
  test("a look adds what is new, and an outcome replaces the decision that had none", () => {
    const { outcome: _, ...pending } = recordedLook(recording, 4).decisions[0] ?? first.decisions[0] ?? expect.fail();
    const one = withLook(seen(), { ...recordedLook(recording, 4), decisions: [pending] }, at(20_000));
    const two = withLook(one, recordedLook(recording, 4), at(20_200));
    expect(one.trend).toHaveLength(first.trend.length + 1);
    expect(two.trend).toHaveLength(first.trend.length + 1);
    expect([one.decisions[0]?.outcome, two.decisions[0]?.outcome?.status]).toEqual([undefined, expect.any(String)]);
    expect(two.decisions).toHaveLength(61);
    expect(knownUntil(two)).toBe(first.nowMs + 20_000);
  });

  test("is bounded, however long the page is open: a day of looks", () => {
    let state = seen();
    for (let step = 1; step < 100; step++) {
      const look = recordedLook(recording, step);
      const decisions = first.decisions.map((decision) => ({ ...decision, id: `${step} ${decision.id}` }));
      const trend = first.trend
        .slice(0, 20)
        .map((point, index) => ({ ...point, atMs: first.nowMs + step * 5_000 + index }));
      state = withLook(state, { ...look, decisions, trend }, at(step * 5_000));
    }
    expect([state.trend.length, state.decisions.length]).toEqual([1_440, 2_000]);
    expect(state.trend.at(-1)?.atMs).toBe(first.nowMs + 99 * 5_000 + 19);
  });

  test("a whole look replaces everything: the scaler has restarted, or its clock was set", () => {
    const again = { ...first, trend: first.trend.slice(-2), decisions: [] };
    expect(withLook(seen(), again, at(9_000))).toMatchObject({ trend: again.trend, decisions: [] });
  });

  test.each([-3_600_000, 0, 3_600_000])("counts by the scaler's clock when this machine's is %i ms off", (offMs) => {
    const state = withLook(emptyState, first, at(1_000, first.nowMs + offMs));
    expect(serverNow(state, 43_000)).toBe(first.nowMs + 42_000);
    expect(state.skewMs + offMs).toBe(0);
    expect(serverNow(withTime(state, first.nowMs + 50_000, at(50_000)), 51_000)).toBe(first.nowMs + 51_000);
  });
});

describe("notices", () => {
  const keys = (state: PageState, pageMs = 1_000, build = "b") => noticesOf(state, pageMs, build).map(({ key }) => key);
  const status = (change: object) => seen({ look: { ...first, status: { ...first.status, ...change } } });

  test("none while all is well, and the group is as it was built", () => {
    expect(keys(seen())).toEqual([]);
    expect(keys(status({ workers: { ...first.status.workers, suspended: ["AZRebalance"] } }))).toEqual([]);
  });

  test.each<readonly [string, PageState, number, string]>([
    ["the scaler is away", seen({ link: { kind: "lost", problem: "nothing answers" } }), 40_000, "silent"],
    ["nothing is heard, and nobody says why", seen(), 20_000, "silent"],
    ["it never answered", { ...emptyState, link: { kind: "lost", problem: "nothing answers" } }, 5_000, "lost"],
    ["the session has ended", seen({ link: { kind: "signed-out" } }), 60_000, "signed-out"],
    ["the loop stands still", withTime(seen(), first.nowMs + 100_000, at(100_000)), 100_000, "old-tick"],
    ["this machine's clock is an hour off", seen({ skewMs: 3_600_000 }), 1_000, "skew"],
    ["no tick yet", status({ lastTick: null }), 1_000, "starting"],
    ["blind", status({ lastTick: { ...first.status.lastTick, metricsReadable: false } }), 1_000, "blind"],
    ["no group", status({ lastTick: { ...first.status.lastTick, groupProblem: "denied" } }), 1_000, "group"],
    ["HOLD", status({ hold: true }), 1_000, "hold"],
    ["a dry run", status({ dryRun: { fleet: true, services: [] } }), 1_000, "hold"],
    ["a dry run of one service", status({ dryRun: { fleet: false, services: ["web"] } }), 1_000, "dry-run"],
    ["standby", status({ leader: { ...first.status.leader, mandate: "nothing" } }), 1_000, "standby"],
    ["no table", status({ leader: { ...first.status.leader, mandate: "scale-out" } }), 1_000, "scale-out"],
    [
      "somebody has suspended a process",
      status({ workers: { ...first.status.workers, suspended: ["AZRebalance", "Terminate"] } }),
      1_000,
      "suspended",
    ],
    ["it lasts", status({ lasting: [{ key: "k", sinceMs: 0, text: "at max" }] }), 1_000, "lasting k"],
  ])("%s", (_what, state, pageMs, key) => expect(keys(state, pageMs)).toEqual([key]));

  test("a newer console is served than the one that is open", () => {
    const state = seen({ look: { ...first, console: "main-2.js" } });
    expect(keys(state, 1_000, "main-1.js")).toEqual(["build"]);
    expect(keys(state, 1_000, "main-2.js")).toEqual([]);
  });

  test("the worst is first", () => {
    const state = seen({ skewMs: 3_600_000, link: { kind: "lost", problem: "x" } });
    expect(noticesOf(state, 60_000, "b").map(({ weight }) => weight)).toEqual(["alarm", "note"]);
  });
});

describe("workers", () => {
  test("those that want a look are first, each with its state", () => {
    expect(workerRows(first).map(({ state }) => state)).toEqual([
      "unhealthy",
      "booting",
      "draining",
      "serving",
      "serving",
      "serving",
    ]);
  });

  test.each([
    [
      "as wanted",
      { replicasReady: 2, replicasDesired: 2, requestsPerSecond: 100 },
      "rr",
      "web: 2 of 2 ready, each at 50 % of its capacity",
    ],
    [
      "some start",
      { replicasReady: 1, replicasDesired: 3, requestsPerSecond: 100 },
      "rmm",
      "web: 1 of 3 ready, each at 100 % of its capacity",
    ],
    [
      "some are too many",
      { replicasReady: 3, replicasDesired: 1, requestsPerSecond: 0 },
      "rss",
      "web: 3 of 1 ready, each at 0 % of its capacity",
    ],
    [
      "unknown load",
      { replicasReady: 1, replicasDesired: 1, requestsPerSecond: null },
      "r",
      "web: 1 of 1 ready, their load is unknown",
    ],
    [
      "unknown replicas",
      { replicasReady: null, replicasDesired: 2, requestsPerSecond: 9 },
      "mm",
      "web: replicas unknown",
    ],
    [
      "more than any machine has",
      { replicasReady: 1e9, replicasDesired: 1, requestsPerSecond: 1 },
      `r${"s".repeat(199)}`,
      "web: 1000000000 of 1 ready, each at 0 % of its capacity",
    ],
  ])("cells: %s", (_what, seenOf, cells, text) => {
    const [member] = first.status.members;
    const members = member ? [{ ...member, services: { web: { meanSeconds: null, ...seenOf } } }] : [];
    const [row] = workerRows({ status: { ...first.status, members } });
    const [group] = row ? cellGroups(row, { web: 100 }) : [];
    expect(group?.cells.map(({ kind }) => kind[0]).join("")).toBe(cells);
    expect(group?.text).toBe(text);
  });

  test("heat", () => expect([null, 0, 0.3, 0.6, 0.9, 1, 7].map(heatOf)).toEqual([undefined, 0, 1, 2, 3, 4, 4]));

  test("of a thousand rows only those in sight are drawn", () => {
    const view = { height: 560, rowHeight: 36 };
    expect(windowOf(1_000, { scrollTop: 0, ...view })).toEqual({ from: 0, to: 24 });
    expect(windowOf(1_000, { scrollTop: 18_000, ...view })).toEqual({ from: 492, to: 524 });
    expect(windowOf(3, { scrollTop: 90_000, ...view })).toEqual({ from: 0, to: 3 });
  });
});

describe("the chart", () => {
  test("the forecast stands at the time it is for, ahead of the load", () => {
    const data = chartData(first.trend, undefined);
    expect(data.seconds.at(-1)).toBe(first.nowMs / 1000 + 120);
    expect([data.load.at(-1), data.capacity.at(-1)]).toEqual([null, null]);
    expect(data.forecast.at(-1)).toBe(first.trend.at(-1)?.services.web?.forecast);
    expect(data.seconds).toEqual([...new Set(data.seconds)].sort((a, b) => a - b));
  });

  test("all together is a sum, and unknown where a part is", () => {
    const none = { forecast: null, forecastForMs: null };
    const point = (load: number | null) => ({
      atMs: 1_000,
      workers: 1,
      services: { a: { load: 1, capacity: 10, ...none }, b: { load, capacity: 20, ...none } },
    });
    expect(chartData([point(2)], undefined)).toMatchObject({ load: [3], capacity: [30] });
    expect(chartData([point(null)], undefined)).toMatchObject({ load: [null], capacity: [30] });
    expect(chartData([point(2)], "b")).toMatchObject({ load: [2], capacity: [20] });
    expect(chartData([point(2)], "constructor")).toMatchObject({ load: [null] });
  });

  test("thousands of decisions are as many marks as can be told apart, the newest", () => {
    const { decisions, trend } = recordedLook({ ...recording, decisions: 5_000 }, 0);
    const marks = marksOf(decisions, trend, undefined);
    expect(marks).toHaveLength(80);
    expect(marks.at(-1)).toMatchObject({ kind: "out", text: expect.stringContaining("412 req/s") });
  });

  test("as a table it has a bounded number of rows, newest first", () => {
    const rows = tableRows(chartData(first.trend, undefined), 60);
    expect(rows.length).toBeLessThanOrEqual(60);
    expect(rows[0]?.[0]).toBeGreaterThan(rows[1]?.[0] ?? Number.POSITIVE_INFINITY);
  });
});

describe("what would change it", () => {
  const point = {
    target: "t",
    measure: "requests-per-second",
    service: "web",
    signal: null,
    now: 412,
    growsAbove: 420,
    shrinksBelow: 297.5,
    secondsLeft: null,
  } as const;
  test.each([
    [point, "412 req/s of web now; one more above 420; one fewer once below 298 for long enough."],
    [{ ...point, growsAbove: null }, "412 req/s of web now; at its maximum; one fewer once below 298 for long enough."],
    [{ ...point, now: null, shrinksBelow: null }, "req/s of web cannot be read; one more above 420; at its minimum."],
    [
      { ...point, measure: "cpu", service: null, now: 0.5, growsAbove: 0.6, shrinksBelow: null } as const,
      "50 % CPU now; one more above 60 %; at its minimum.",
    ],
    [
      { ...point, measure: "replica-cpu", now: 1.3, growsAbove: 2.1, shrinksBelow: 1.19 } as const,
      "1.3 busy replicas of web now; one more above 2.1; one fewer once below 1.19 for long enough.",
    ],
    [
      { ...point, measure: "signal", signal: "queue", now: 90, growsAbove: 100, shrinksBelow: null } as const,
      "90 queue of web now; one more above 100; at its minimum.",
    ],
    [undefined, "Nothing can be said of what would change it."],
  ])("%#", (given, text) => expect(changeText(given)).toBe(text));

  test("the group is first, and a countdown goes by the scaler's clock", () => {
    const [workers, next] = targetViews(first);
    expect([workers?.target, next?.name]).toEqual(["workers", expect.stringMatching(/^web on i-/)]);
    expect(countdownText(workers?.untilMs, first.nowMs + 60_000)).toBe("3 min");
    expect(countdownText(workers?.untilMs, first.nowMs + 900_000)).toBe("0 s");
    expect(countdownText(undefined, first.nowMs)).toBe("");
  });
});

describe("what happened", () => {
  const entries = timelineOf(first, first.decisions);

  test("decisions with what came of them, and notifications with their receipts, newest first", () => {
    expect(entries.map(({ atMs }) => atMs)).toEqual(entries.map(({ atMs }) => atMs).sort((a, b) => b - a));
    expect(entries.find(({ kind }) => kind === "notification")).toMatchObject({
      text: "Alertmanager, wh: 1 firing",
      outcome: "woke tick 0: 1 changed, 0 held (receipt r-1)",
    });
    expect(entries.find(({ tone }) => tone === "bad")?.outcome).toBe("failed after 0.9 s: throttled");
    expect(entries.find(({ kind }) => kind === "left")?.text).toMatch(/^i-5 ends, workers 6 -> 5: i-7 has drained/);
  });

  test("is filtered by kind, and of thousands so many are shown as asked for", () => {
    const many = timelineOf(first, recordedLook({ ...recording, decisions: 5_000 }, 0).decisions);
    expect(entriesShown(many, new Set(), 40)).toMatchObject({ shown: { length: 40 }, hidden: 4_961 });
    const { shown } = entriesShown(many, new Set(["left"]), 40);
    expect(new Set(shown.map(({ kind }) => kind))).toEqual(new Set(["left"]));
  });

  test("a notification that repeats an earlier one and changed nothing is shown where notifications are asked for", () => {
    const receipts = first.status.receipts.map((receipt) => ({ ...receipt, repeats: "r-0", decisions: [] }));
    const repeated = timelineOf({ status: { ...first.status, receipts } }, []);
    expect(entriesShown(repeated, new Set(), 40).shown).toEqual([]);
    expect(entriesShown(repeated, new Set(["notification"]), 40).shown).toHaveLength(1);
  });

  test("a release is told with what it waits for", () => {
    const releases = {
      repository: "r",
      branch: "main",
      state: "failed",
      commit: "c",
      revision: "c-1",
      deployment: "d",
      since: 5,
      waitsFor: null,
      lastError: "5xx",
      lookedAtMs: 6,
    } as const;
    expect(timelineOf({ status: { ...first.status, releases } }, [])).toContainEqual(
      expect.objectContaining({ kind: "release", text: "c-1: failed", outcome: "5xx", tone: "bad" }),
    );
  });
});

describe("overrides and limits", () => {
  const limit = { id: "l", source: "override", target: "workers", by: "eva", untilMs: null } as const;
  test.each([
    [{ ...limit, target: "fleet", pause: "all" } as const, "Everything is paused"],
    [{ ...limit, target: "fleet", pause: "in" } as const, "Nothing scales in"],
    [{ ...limit, min: 3, max: 3 }, "Workers: pinned to 3"],
    [{ ...limit, min: 3 }, "Workers: at least 3"],
    [{ ...limit, target: "replicas/web", min: 2, max: 5 }, "web on each worker: at least 2, at most 5"],
  ])("%#", (given, text) => expect(limitText(given)).toBe(text));
});
