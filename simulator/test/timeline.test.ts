import { expect, test } from "vitest";
import { TimelineKeeper } from "../src/timeline/timeline.ts";
import { kept } from "./world.ts";

const rates = Array.from({ length: 300 }, (_, slot) => 1500 + 1300 * Math.sin(slot / 7));

test.each(["fleet", "hpa", "oracle"])("%s: spans add up to the score, however many ticks are in one", (policy) => {
  const { score, timeline } = kept(policy, rates, 60);
  expect(timeline.spans.length).toBeLessThanOrEqual(720);
  const scored = timeline.spans.filter(({ isScored }) => isScored);
  const lost = scored.reduce((sum, span) => sum + span.lost, 0);
  const hours = scored.reduce((sum, span) => sum + (span.workers * timeline.spanSeconds) / 3600, 0);
  expect(lost).toBeCloseTo(score.lostRequests, 3);
  // The span in which the warm-up ends counts whole.
  expect(Math.abs(hours - score.instanceHours)).toBeLessThan((6 * timeline.spanSeconds) / 3600);
  const decisions = timeline.spans.reduce((sum, span) => sum + span.decisionCount, 0);
  expect(decisions).toBeGreaterThanOrEqual(score.instanceActions);
});

test("of many decisions in one span the first are told, and all are counted", () => {
  const keeper = new TimelineKeeper({ startMs: 0, tickSeconds: 5, ticks: 7200 });
  for (let tick = 0; tick < 10; tick++) {
    keeper.decision(tick * 5000, 1, 2, () => `no ${tick}`);
    keeper.add({ offered: tick, served: 0, capacity: 1, billed: 1, serving: 1, replicas: 1 }, true);
  }
  const { spans, spanSeconds } = keeper.timeline();
  expect([spans.length, spanSeconds]).toEqual([1, 50]);
  expect(spans[0]).toMatchObject({ decisionCount: 10, peak: 9, offered: 4.5, lost: 225 });
  expect(spans[0]?.decisions.map(({ why }) => why)).toEqual(["no 0", "no 1", "no 2", "no 3"]);
});
