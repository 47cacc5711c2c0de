import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decideHealing, type Healed, type Patient } from "./decide-healing.mjs";

const NOW = 10_000_000;
const MINUTE = 60_000;
/** `serves`, `starting`, or `silent 3` for three seconds. */
const patients = (...states: string[]): Patient[] =>
  states.map((text, index) => {
    const [state = "", seconds = "0"] = text.split(" ");
    return { id: `id${index}`, state: state as Patient["state"], sinceMs: NOW - Number(seconds) * 1000 };
  });
const ago = (minutes: number, result: Healed["result"] = "replaced"): Healed => ({
  atMs: NOW - minutes * MINUTE,
  result,
});

describe("who is kept from nginx, and who is replaced", () => {
  test.each<[string, string[], Healed[], ReturnType<typeof decideHealing>]>([
    ["nobody is sick", ["serves", "serves"], [], { refuse: [], replace: [], held: undefined }],
    ["silent, but not for long", ["serves", "silent 1.9"], [], { refuse: [], replace: [], held: undefined }],
    ["silent while another serves", ["serves", "silent 2"], [], { refuse: ["id1"], replace: [], held: undefined }],
    [
      "still silent: no busy one",
      ["serves", "serves", "silent 5"],
      [],
      { refuse: ["id2"], replace: ["id2"], held: undefined },
    ],
    [
      "unhealthy by its own check",
      ["serves", "unhealthy 0"],
      [],
      { refuse: ["id1"], replace: ["id1"], held: undefined },
    ],
    [
      "one that starts is nobody's patient",
      ["serves", "starting 90"],
      [],
      { refuse: [], replace: [], held: undefined },
    ],
    ["the only one gets longer", ["silent 9.9"], [], { refuse: [], replace: [], held: undefined }],
    ["and is replaced, but not kept from nginx", ["silent 10"], [], { refuse: [], replace: ["id0"], held: undefined }],
    ["the only one, unhealthy", ["unhealthy 0"], [], { refuse: [], replace: ["id0"], held: undefined }],
    [
      "none serves: no replica's fault",
      ["silent 60", "unhealthy 60"],
      [],
      { refuse: [], replace: [], held: "none-serves" },
    ],
    [
      "a third at once, those first that are sick for longest",
      ["serves", "unhealthy 3", "unhealthy 9", "serves", "unhealthy 6", "serves"],
      [],
      { refuse: ["id2", "id4"], replace: ["id2", "id4"], held: undefined },
    ],
    [
      "three in ten minutes are the budget of a small service",
      ["serves", "unhealthy 5"],
      [ago(9), ago(5), ago(1)],
      { refuse: ["id1"], replace: [], held: "budget" },
    ],
    [
      "and of ten minutes ago nothing counts",
      ["serves", "unhealthy 5"],
      [ago(10), ago(5), ago(1)],
      { refuse: ["id1"], replace: ["id1"], held: undefined },
    ],
    [
      "a fresh one that is no better: a minute's wait",
      ["serves", "unhealthy 5"],
      [ago(0.9, "no-better")],
      { refuse: ["id1"], replace: [], held: "no-better" },
    ],
    [
      "then again",
      ["serves", "unhealthy 5"],
      [ago(1, "no-better")],
      { refuse: ["id1"], replace: ["id1"], held: undefined },
    ],
    [
      "twice in a row: two minutes",
      ["serves", "silent 9"],
      [ago(4, "recovered"), ago(1.9, "recovered")],
      { refuse: ["id1"], replace: [], held: "recovered" },
    ],
  ])("%s", (_rule, states, done, expected) => {
    expect(decideHealing(NOW, patients(...states), done)).toEqual(expected);
  });
});

describe("whatever the replicas do", () => {
  const state = fc.constantFrom<Patient["state"]>("serves", "starting", "silent", "unhealthy");
  const service = fc
    .array(fc.record({ state, sinceMs: fc.integer({ min: NOW - 20 * MINUTE, max: NOW }) }), { maxLength: 12 })
    .map((list) => list.map((each, index): Patient => ({ ...each, id: `id${index}` })));
  const result = fc.constantFrom<Healed["result"]>("replaced", "recovered", "no-better");
  const past = fc
    .array(fc.record({ atMs: fc.integer({ min: NOW - 30 * MINUTE, max: NOW }), result }), { maxLength: 30 })
    .map((list) => list.sort((a, b) => a.atMs - b.atMs));

  test("never more than a third at once (one at least), never one that serves or starts, never nginx's last", () => {
    fc.assert(
      fc.property(service, past, (replicas, done) => {
        const { refuse, replace } = decideHealing(NOW, replicas, done);
        const started = replicas.filter((each) => each.state !== "starting").length;
        const touched = new Set([...refuse, ...replace]);
        expect(touched.size).toBeLessThanOrEqual(Math.max(1, started / 3));
        for (const id of touched)
          expect(replicas.find((each) => each.id === id)?.state).toMatch(/^(silent|unhealthy)$/);
        if (refuse.length > 0) expect(replicas.some((each) => each.state === "serves")).toBe(true);
      }),
    );
  });

  test("a day of sickness is no storm: at most as many replacements in any ten minutes as there are replicas, or three", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.infiniteStream(fc.tuple(state, result)), (size, stream) => {
        const done: Healed[] = [];
        for (let nowMs = NOW; nowMs < NOW + 60 * MINUTE; nowMs += 5_000) {
          const replicas = Array.from({ length: size }, (_, index): Patient => {
            const [drawn] = stream.next().value;
            return { id: `id${index}`, state: drawn, sinceMs: nowMs - 30_000 };
          });
          for (const _ of decideHealing(nowMs, replicas, done).replace) {
            const [, drawn] = stream.next().value;
            done.push({ atMs: nowMs, result: drawn });
          }
        }
        for (const { atMs } of done) {
          const window = done.filter((each) => each.atMs >= atMs && each.atMs < atMs + 10 * MINUTE);
          expect(window.filter((each) => each.result === "replaced").length).toBeLessThanOrEqual(Math.max(3, size));
        }
      }),
      { numRuns: 30 },
    );
  });

  test("what never helps is tried at most every ten minutes in the end", () => {
    const done: Healed[] = [];
    const times: number[] = [];
    for (let nowMs = NOW; nowMs < NOW + 120 * MINUTE; nowMs += 1_000) {
      const sick: Patient[] = [
        { id: "a", state: "serves", sinceMs: 0 },
        { id: "b", state: "unhealthy", sinceMs: NOW },
      ];
      if (decideHealing(nowMs, sick, done).replace.length === 0) continue;
      done.push({ atMs: nowMs, result: "no-better" });
      times.push((nowMs - NOW) / MINUTE);
    }
    expect(times.slice(0, 4)).toEqual([0, 1, 3, 7]);
    expect(times.length).toBeLessThanOrEqual(24);
  });
});
