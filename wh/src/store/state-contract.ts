import type { Override } from "@compose-fleet/policy";
import { describe, expect, test } from "vitest";
import type { DecisionRecord } from "../loop/decision-record.ts";
import type { StateStore } from "./state-store.ts";

const NOW = Date.parse("2026-03-01T00:00:30Z");
const action = (id: string, fence: number, target = "workers") => ({ target, id, fence, atMs: NOW, summary: "1 -> 2" });
const record = (id: string, atMs: number): DecisionRecord => ({
  id,
  tick: 1,
  atMs,
  target: "workers",
  kind: "set-capacity",
  from: 1,
  to: 2,
  reason: { code: "load-needs-more", numbers: { needed: 2 } },
  receipts: ["r1"],
});

/** What every state store must do; `create` returns an empty one. */
export function describeStateContract(name: string, create: () => Promise<StateStore>): void {
  describe(`state contract: ${name}`, () => {
    test("an action is claimed; a lower or equal fence is superseded; the same id is claimed again", async () => {
      const state = await create();
      expect(await state.claim(action("a", 10))).toBe("claimed");
      expect(await state.claim(action("a", 10))).toBe("claimed");
      expect(await state.claim(action("b", 9))).toBe("superseded");
      expect(await state.claim(action("b", 10))).toBe("superseded");
      expect(await state.claim(action("c", 11))).toBe("claimed");
      expect(await state.claim(action("d", 1, "replicas/i-1/service-a"))).toBe("claimed");
    });

    test("the first step that is settled for a signal stays; reading stores nothing", async () => {
      const state = await create();
      const step = (value: number) => ({ target: "workers", direction: "up" as const, value });
      expect(await state.settleStep("a@1", null, NOW)).toBeNull();
      expect(await state.settleStep("a@1", step(2), NOW)).toEqual(step(2));
      expect(await state.settleStep("a@1", step(3), NOW)).toEqual(step(2));
      expect(await state.settleStep("a@1", null, NOW)).toEqual(step(2));
      expect(await state.settleStep("a@2", step(3), NOW)).toEqual(step(3));
    });

    test("the audit of a span is what was in it, newest first, whatever days it is of", async () => {
      const state = await create();
      const hour = 3_600_000;
      const times = [-50, -26, -25, -2, -1, 0].map((hours) => NOW + hours * hour);
      await state.append(times.map((atMs, index) => record(`d${index}`, atMs)));
      await state.append([{ ...record("other", NOW - 2 * hour), target: "replicas/i-1/web" }]);
      const ids = async (sinceHours: number, untilMs: number, limit = 10) => {
        const span = { sinceMs: NOW + sinceHours * hour, untilMs, target: "workers" };
        return (await state.between(span, limit)).map(({ id }) => id);
      };
      expect(await ids(-26, NOW)).toEqual(["d4", "d3", "d2", "d1"]);
      expect(await ids(-26, NOW + 1, 2)).toEqual(["d5", "d4"]);
      expect(await ids(-1000, NOW - 25 * hour)).toEqual(["d1", "d0"]);
      expect(await state.between({ sinceMs: NOW - 2 * hour, untilMs: NOW + 1 }, 10)).toHaveLength(4);
    });

    test("pull mode's record is overwritten, unless another scaler with a higher fence has written since", async () => {
      const state = await create();
      const record = (commit: string) => ({
        commit,
        bucket: "revisions",
        key: `workers/${commit}-1.tgz`,
        state: "deploying" as const,
        deployment: "d-1",
        attempts: 1,
        atMs: NOW,
      });
      expect(await state.readPull()).toBeUndefined();
      expect(await state.writePull(record("a"), 5)).toBe("written");
      expect(await state.writePull(record("b"), 5)).toBe("written");
      expect(await state.writePull(record("c"), 4)).toBe("superseded");
      expect(await state.readPull()).toEqual(record("b"));
      expect(await state.writePull({ ...record("b"), previousKey: "workers/a-1.tgz", cause: "why" }, 6)).toBe(
        "written",
      );
      expect(await state.readPull()).toEqual({ ...record("b"), previousKey: "workers/a-1.tgz", cause: "why" });
    });

    test("overrides are listed until they are removed", async () => {
      const state = await create();
      const pause: Override = { id: "o1", kind: "pause", by: "eva", expiresAtMs: NOW + 1000 };
      const pin: Override = {
        id: "o2",
        kind: "pin-replicas",
        service: "service-a",
        replicas: 2,
        by: "eva",
        expiresAtMs: NOW + 9000,
      };
      await state.put(pause);
      await state.put(pin);
      await state.put(pin);
      expect([...(await state.list())].sort((a, b) => a.id.localeCompare(b.id))).toEqual([pause, pin]);
      await state.remove("o2");
      await state.remove("o2");
      expect(await state.list()).toEqual([pause]);
    });

    test("a number that no table takes, half a character or a text without end spoils no decision", async () => {
      const state = await create();
      const odd = (id: string, numbers: Record<string, number | string>): DecisionRecord => ({
        ...record(id, NOW),
        reason: { code: "steady", numbers },
      });
      await state.append([
        odd("d1", { rate: 1.8e19, low: -1.8e19, infinite: Number.POSITIVE_INFINITY, none: Number.NaN, tiny: 5e-324 }),
        odd("d2", { text: `\ud83d${"😀".repeat(300_000)}`, "": "", ["k".repeat(70_000)]: 1 }),
        record("d3", NOW),
      ]);
      const stored = await state.recent(NOW, 10);
      expect(stored.map(({ id }) => id).sort()).toEqual(["d1", "d2", "d3"]);
      expect(stored.find(({ id }) => id === "d1")?.reason.numbers).toEqual({
        rate: Number.MAX_SAFE_INTEGER,
        low: Number.MIN_SAFE_INTEGER,
        infinite: Number.MAX_SAFE_INTEGER,
        none: "NaN",
        tiny: 0,
      });
    });

    test("a decision that can never be stored is named, and all others are stored", async () => {
      const state = await create();
      const many = Array.from({ length: 40 }, (_, index) => record(`d${index}`, NOW - index));
      const bad = { ...record("bad", NOW), atMs: Number.NaN };
      const error = await state.append([...many.slice(0, 20), bad, ...many.slice(20)]).then(
        () => undefined,
        (reason) => reason,
      );
      expect(error).toMatchObject({ refused: [{ id: "bad" }] });
      expect(await state.recent(NOW, 100)).toHaveLength(40);
    });

    test("decisions come back newest first, over midnight, each once, at most as many as asked for", async () => {
      const state = await create();
      const many = Array.from({ length: 60 }, (_, index) => record(`d${index}`, NOW - index * 1000));
      await state.append(many);
      await state.append([{ ...record("d0", NOW), outcome: { status: "applied", atMs: NOW } }]);
      const recent = await state.recent(NOW, 50);
      expect(recent.map(({ id }) => id)).toEqual(many.slice(0, 50).map(({ id }) => id));
      expect(recent[0]?.outcome).toEqual({ status: "applied", atMs: NOW });
      expect(recent[1]).toEqual(many[1]);
    });

    test("appending nothing is fine", async () => {
      const state = await create();
      await state.append([]);
      expect(await state.recent(NOW, 10)).toEqual([]);
    });
  });
}
