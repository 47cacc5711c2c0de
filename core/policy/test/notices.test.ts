import { expect, test } from "vitest";
import { type Notice, type Override, type Reason, renderReason } from "../src/index.ts";
import { fleetConfig, missing, observe, onWorkers, Scaler, worker } from "./world.ts";

const config = fleetConfig({ workers: { min: 2, max: 4 } });
const LOAD = 800;
/** At 1000 s AWS takes the machine. */
const interruption: Notice = { kind: "interruption", goneAtMs: 1_000_000 };
const rebalance: Notice = { kind: "rebalance" };
const pause: Override = { id: "p", kind: "pause", by: "ann", expiresAtMs: 1e9 };

/** `i-1`, `i-2`, ...: each with its notice, or none. The load balancer sends what drains nothing. */
const loaded = (load: number, ...notices: readonly (Notice | undefined)[]) =>
  notices.map((notice, index) => worker(`i-${index + 1}`, load / notices.length, 10, { ...(notice && { notice }) }));
const members = (...notices: readonly (Notice | undefined)[]) => loaded(LOAD, ...notices);
const draining = (id: string, notice: Notice) => worker(id, 0, 10, { draining: true, notice });
const at =
  (workers: ReturnType<typeof members>, change: Parameters<typeof observe>[2] = {}) =>
  (seconds: number) =>
    observe(seconds, workers, { min: 2, max: 4, ...change });

/** What is decided at the first look. */
const decided = (seconds: number, looks: ReturnType<typeof at>, asked = {}) =>
  onWorkers(new Scaler(config, seconds).tick(looks(seconds), asked));
/** What is decided once the same has been seen for so long that it is quiet. */
const afterQuiet = (seconds: number, looks: ReturnType<typeof at>) =>
  onWorkers(new Scaler(config, seconds - 20).watch(seconds - 20, seconds, looks));

test.each<[string, string, string]>([
  [
    "an interrupted worker gets a successor first",
    decided(890, at(members(undefined, interruption))),
    "set-capacity 2>3 taken-replaced",
  ],
  [
    "so does one that AWS recommends to replace",
    decided(890, at(members(undefined, rebalance))),
    "set-capacity 2>3 taken-replaced",
  ],
  [
    "one successor for one worker, also where a third would be kept if it were there",
    decided(890, at(loaded(1750, undefined, interruption))),
    "set-capacity 2>3 taken-replaced",
  ],
  [
    "three at once get as many as the maximum allows",
    decided(890, at(members(interruption, interruption, interruption))),
    "set-capacity 3>4 taken-replaced",
  ],
  [
    "while the successor boots it goes on serving",
    decided(890, at([...members(undefined, interruption), worker("i-3", 0, 0, { state: "pending", up: false })])),
    "hold window-holds",
  ],
  [
    "it drains as soon as the others are enough",
    decided(890, at(members(undefined, interruption, undefined))),
    "drain-worker i-2 3>2 taken-drains",
  ],
  [
    "a recommendation, too",
    decided(890, at(members(undefined, rebalance, undefined))),
    "drain-worker i-2 3>2 taken-drains",
  ],
  [
    "nearly gone it drains with others or without",
    decided(955, at(members(undefined, interruption), { desired: 3 })),
    "drain-worker i-2 3>2 taken-drains",
  ],
  [
    "not a second earlier",
    decided(954, at(members(undefined, interruption), { desired: 4, max: 4 })),
    "hold window-holds",
  ],
  [
    "a recommendation never forces anything: without room it is as if nothing was said",
    decided(5000, at(members(undefined, rebalance), { max: 2 })),
    "hold at-max",
  ],
  [
    "the last of all, at the maximum, drains when there is no time left",
    decided(990, at(members(interruption, interruption), { max: 2 })),
    "drain-worker i-1 1>0 taken-drains",
  ],
  [
    "a pause launches nothing, and what AWS takes drains all the same",
    decided(960, at(members(undefined, interruption)), { overrides: [pause] }),
    "drain-worker i-2 2>1 taken-drains",
  ],
  [
    "paused, a recommendation is left alone",
    decided(960, at(members(undefined, rebalance, undefined)), { overrides: [pause] }),
    "hold paused",
  ],
  [
    "after a failed launch the successor waits as every launch does",
    decided(
      890,
      at(loaded(2500, undefined, interruption, undefined), { failedLaunches: 1, lastFailedLaunchAtMs: 880_000 }),
    ),
    "hold failed-launch-wait",
  ],
  [
    "while the group launches nothing only the minimum is asked for",
    decided(890, at(members(undefined, interruption, interruption), { suspended: ["Launch"] })),
    "set-capacity 3>4 below-min",
  ],
  [
    "where nobody knows whether the others are enough, it serves until the end is near",
    decided(890, (seconds) => ({
      ...at(members(undefined, interruption, undefined), { max: 3 })(seconds),
      demand: { web: missing },
    })),
    "hold no-data",
  ],
  [
    "one that drains is not called back for the load",
    decided(960, at([...members(undefined), draining("i-2", interruption)], { desired: 2, max: 4 })),
    "set-capacity 2>3 below-min",
  ],
  [
    "quiet, it is ended, and the desired capacity is what it was before",
    afterQuiet(970, at([...members(undefined, undefined), draining("i-3", interruption)])),
    "terminate-worker i-3 3>2 drain-quiet",
  ],
  [
    "at the minimum the group replaces it",
    afterQuiet(970, at([...members(undefined), draining("i-2", interruption)], { max: 2 })),
    "replace-worker i-2 2>2 drain-quiet",
  ],
])("%s", (_rule, found, expected) => {
  expect(found).toBe(expected);
});

test.each<[Reason, RegExp]>([
  [
    { code: "taken-replaced", numbers: { worker: "i-1, i-2", notice: "interruption" } },
    /^AWS takes i-1, i-2 away \(Spot interruption\): what takes its place/,
  ],
  [
    { code: "taken-drains", numbers: { worker: "i-1", notice: "interruption", secondsLeft: 44 } },
    /^AWS takes i-1 away \(Spot interruption\): it drains, 44 s before it is gone$/,
  ],
  [
    { code: "taken-drains", numbers: { worker: "i-1", notice: "rebalance" } },
    /^AWS takes i-1 away \(Spot rebalance recommendation\): it drains$/,
  ],
])("people read %o", (reason, sentence) => {
  expect(renderReason(reason)).toMatch(sentence);
});
