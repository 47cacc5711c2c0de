import { decide, emptyMemory } from "@compose-fleet/policy";
import { settingsOf } from "@compose-fleet/simulator";
import { describe, expect, test } from "vitest";
import { kept } from "../simulator/test/world.ts";
import { TroubledFleet } from "./troubled-fleet.ts";

// The simulator's plant and the emulated fleet were written apart from each other. Ten minutes of the same load and the same policy have to
// give the same sizes: where they do not, one of them tells of a fleet that is not there.

const LOOK_SECONDS = 5;
/** Requests per second of each minute. Three workers' worth, then one's. */
const MINUTES = [500, 2500, 2500, 2500, 500, 500, 500, 500, 500, 500];
/** As the emulated fleet is: workers of ten replicas of 100 req/s, 20 s of boot, 10 s until the load balancer sends to them, rates of the moment. */
const PAIRS = [
  "services.web.capacity.requestsPerSecond=100",
  "services.web.replicas.min=10",
  "services.web.replicas.max=10",
  "workers.target.cpu=0.95",
  `scaling.loop.idleSeconds=${LOOK_SECONDS}`,
  "scaling.workers.scaleInWindowSeconds=90",
  "scaling.metrics.scrapeSeconds=1",
  "scaling.metrics.rateWindowSeconds=5",
  "scaling.workers.demandWindowSeconds=5",
  "plant.bootSeconds=30",
  "plant.endSeconds=10",
  "plant.metricDelaySeconds=0",
];

/** Workers that serve, look by look. */
function emulated(): readonly number[] {
  const { config } = settingsOf(PAIRS);
  const fleet = new TroubledFleet(config);
  fleet.load = MINUTES[0] ?? 0;
  fleet.pass(60);
  let memory = emptyMemory(fleet.nowMs);
  return Array.from({ length: (60 * MINUTES.length) / LOOK_SECONDS }, (_, look) => {
    fleet.load = MINUTES[Math.floor((look * LOOK_SECONDS) / 60)] ?? 0;
    const observation = fleet.observe();
    const output = decide({ config, observation, signals: [], overrides: [], memory, inFlight: new Set() });
    memory = output.memory;
    for (const decision of output.decisions) fleet.apply(decision);
    fleet.pass(LOOK_SECONDS);
    return fleet.serving().length;
  });
}

/** The same in the simulator: a span of its timeline is a tick of 5 s. */
function simulated(): readonly number[] {
  const { timeline } = kept("fleet", MINUTES, 60, { pairs: PAIRS });
  expect(timeline.spanSeconds).toBe(LOOK_SECONDS);
  return timeline.spans.map(({ capacity }) => Math.round(capacity / 1000));
}

describe("ten minutes in the simulator and in the emulated fleet", () => {
  const [one, other] = [simulated(), emulated()];
  const changes = (sizes: readonly number[]) => sizes.filter((size, look) => look > 0 && size !== sizes[look - 1]);

  test("the sizes follow each other", () => {
    expect([one, other].map((sizes) => Math.max(...sizes))).toEqual([3, 3]);
    expect(changes(one)).toEqual(changes(other));
  });

  test("and are apart for three looks at most at each change", () => {
    const apart = one.filter((size, look) => size !== other[look]).length;
    expect(apart).toBeLessThanOrEqual(3 * changes(one).length);
  });
});
