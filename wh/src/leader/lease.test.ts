import { describe, expect, test } from "vitest";
import {
  type LeaseConfig,
  type LeaseEvent,
  type LeaseState,
  mandateOf,
  nextLeaseCommand,
  onLeaseEvent,
} from "./lease.ts";
import type { Lease } from "./ports.ts";

const config: LeaseConfig = { me: "a", ttlMs: 15_000, renewMs: 5_000, pollMs: 1_000, marginMs: 1_000, seedFence: 100 };
const theirs: Lease = { holder: "b", fence: 7, version: 3, ttlMs: 15_000, isReleased: false };
const after = (...events: LeaseEvent[]): LeaseState =>
  events.reduce<LeaseState>((state, event) => onLeaseEvent(state, event, config), {});
const read = (lease: Lease | undefined, atMs: number): LeaseEvent => ({ kind: "read", lease, atMs });
const taken: LeaseEvent = { kind: "taken", fence: 8, sentAtMs: 20_000 };
const unanswered = (sentAtMs: number): LeaseEvent => ({ kind: "unanswered", sentAtMs, atMs: sentAtMs + 1_000 });

describe("what a scaler may do", () => {
  test.each<[string, LeaseState, number, string]>([
    ["nothing before it has asked", {}, 0, "nothing"],
    ["nothing while another holds", after(read(theirs, 0)), 1_000, "nothing"],
    [
      "nothing merely because the other is silent: the lease has to be written first",
      after(read(theirs, 0)),
      99_000,
      "nothing",
    ],
    ["everything from the answer on", after(taken), 20_100, "everything"],
    ["everything until the ttl less the margin after the sending", after(taken), 33_999, "everything"],
    ["nothing after it, without having asked since", after(taken), 34_000, "nothing"],
    ["nothing when the answer comes after all that time", after(read(theirs, 0), taken), 40_000, "nothing"],
    [
      "everything longer after a renewal",
      after(taken, { kind: "renewed", fence: 8, sentAtMs: 25_000 }),
      38_999,
      "everything",
    ],
    [
      "no longer by an old renewal that comes late",
      after(taken, { kind: "renewed", fence: 8, sentAtMs: 25_000 }, { kind: "renewed", fence: 8, sentAtMs: 21_000 }),
      38_999,
      "everything",
    ],
    [
      "nothing by a renewal of a fence that is not its own",
      after(taken, { kind: "renewed", fence: 9, sentAtMs: 33_000 }),
      35_000,
      "nothing",
    ],
    ["nothing once a renewal was refused", after(taken, { kind: "lost", fence: 8 }), 21_000, "nothing"],
    [
      "everything still when an older write was refused",
      after(taken, { kind: "lost", fence: 7 }),
      21_000,
      "everything",
    ],
    [
      "nothing once another is seen to hold",
      after(taken, read({ ...theirs, fence: 9, version: 9 }, 22_000)),
      22_000,
      "nothing",
    ],
    ["everything still when an old read comes late", after(taken, read(theirs, 22_000)), 22_000, "everything"],
    ["everything while the store is away and the lease runs", after(taken, unanswered(25_000)), 33_999, "everything"],
    [
      "nothing when the store failed only before the end: a stopped process",
      after(taken, unanswered(25_000)),
      60_000,
      "nothing",
    ],
    ["scaling out once the store failed after the end", after(taken, unanswered(34_500)), 36_000, "scale-out"],
    ["nothing when that failure is old", after(taken, unanswered(34_500)), 50_500, "nothing"],
    [
      "everything again when the store is back",
      after(taken, unanswered(34_500), { kind: "renewed", fence: 8, sentAtMs: 60_000 }),
      61_000,
      "everything",
    ],
    ["nothing when the lease is gone from the table", after(taken, read(undefined, 21_000)), 21_000, "nothing"],
  ])("%s", (_rule, state, nowMs, mandate) => {
    expect(mandateOf(state, nowMs, config)).toBe(mandate);
  });
});

describe("what it asks next", () => {
  const take = (seen: Lease | undefined, fence: number) => ({ kind: "take", seen, fence });
  test.each<[string, LeaseState, number, object, number]>([
    ["at first it reads", {}, 0, { kind: "read" }, 0],
    [
      "a lease that nobody holds is taken at once, above the seed",
      after(read(undefined, 50)),
      0,
      take(undefined, 101),
      50,
    ],
    ["a held one is looked at each second", after(read(theirs, 50)), 50, { kind: "read" }, 1_050],
    [
      "a released one is taken at once",
      after(read({ ...theirs, isReleased: true }, 50)),
      0,
      take({ ...theirs, isReleased: true }, 8),
      50,
    ],
    [
      "one unchanged for the ttl is taken",
      after(read(theirs, 50), read(theirs, 14_500)),
      14_500,
      take(theirs, 8),
      15_050,
    ],
    [
      "a changed one is waited for anew",
      after(read(theirs, 50), read({ ...theirs, version: 4 }, 14_500)),
      14_500,
      { kind: "read" },
      15_500,
    ],
    ["the holder's longer ttl counts", after(read({ ...theirs, ttlMs: 30_000 }, 50)), 14_500, { kind: "read" }, 15_500],
    [
      "an older read that comes late changes nothing",
      after(read(theirs, 50), read({ ...theirs, version: 2 }, 9_000)),
      14_500,
      take(theirs, 8),
      15_050,
    ],
    [
      "after a failed read it watches anew",
      after(read(theirs, 50), unanswered(9_000)),
      10_000,
      { kind: "read" },
      11_000,
    ],
    [
      "after a lost race it reads",
      after(read(theirs, 50), { kind: "lost", fence: 8 }),
      15_050,
      { kind: "read" },
      15_050,
    ],
    ["a leader renews", after(taken), 20_000, { kind: "renew", fence: 8 }, 25_000],
    [
      "a leader without an answer asks again after a second",
      after(taken, unanswered(25_000)),
      25_000,
      { kind: "renew", fence: 8 },
      26_000,
    ],
    [
      "a lease that is its own without its knowing is renewed at once",
      after(read({ ...theirs, holder: "a" }, 50)),
      50,
      { kind: "renew", fence: 7 },
      50,
    ],
  ])("%s", (_rule, state, lastSentAtMs, command, dueAtMs) => {
    expect(nextLeaseCommand(state, lastSentAtMs, config)).toEqual({ command, dueAtMs });
  });
});

test("a take whose answer was lost becomes a tenure by the renewal, from its sending on", () => {
  const state = after(unanswered(15_050), read({ ...theirs, holder: "a", fence: 8 }, 17_000), {
    kind: "renewed",
    fence: 8,
    sentAtMs: 17_100,
  });
  expect(state).toEqual({ tenure: { fence: 8, validUntilMs: 31_100 } });
});

test("a leader's new fence replaces the old one", () => {
  const state = after(taken, { kind: "renewed", fence: 8, nextFence: 9, sentAtMs: 21_000 }, { kind: "lost", fence: 8 });
  expect(state.tenure?.fence).toBe(9);
});
