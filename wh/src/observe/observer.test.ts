import { parseFleetConfig } from "@compose-fleet/fleet";
import type { GroupReading } from "@compose-fleet/policy";
import { expect, test } from "vitest";
import { createFakeClock } from "../test-support/fake-clock.ts";
import { testFleet } from "../test-support/test-fleet.ts";
import { createObserver } from "./observer.ts";
import { observationQueries } from "./queries.ts";

test("a worker that has been up stays in service through a restart of its agent, until it leaves the group", async () => {
  let up = 1;
  let members = ["i-1"];
  const observe = createObserver({
    config: testFleet(),
    clock: createFakeClock(),
    group: {
      describe: async (): Promise<GroupReading> => ({
        ok: true,
        value: {
          desired: 1,
          min: 1,
          max: 6,
          failedLaunches: 0,
          members: members.map((id) => ({ id, zone: "a", state: "in-service", launchedAtMs: 0 })),
        },
      }),
    },
    metrics: {
      query: async (promql) => ({
        ok: true,
        samples: promql.startsWith("max by (worker) (up{") ? [{ labels: { worker: "i-1" }, value: up }] : [],
      }),
    },
  });
  const state = async () => {
    const { group } = await observe();
    return group.ok ? group.value.workers[0]?.state : undefined;
  };
  expect(await state()).toBe("in-service");
  up = 0;
  expect(await state()).toBe("in-service");
  members = [];
  expect(await state()).toBe(undefined);
  members = ["i-1"];
  expect(await state()).toBe("pending");
});

test("queries use the windows of fleet.yaml, fractions of a second included", () => {
  const base = testFleet();
  const parsed = parseFleetConfig({
    ...base,
    scaling: { ...base.scaling, metrics: { scrapeSeconds: 0.5, rateWindowSeconds: 2.5, maxAgeSeconds: 15 } },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const queries = observationQueries(parsed.config);
  expect(queries.requests).toBe("sum by (worker, service) (rate(fleet_http_requests_total[2500ms]))");
  expect(queries.replicas).toContain("[15s]");
  expect(queries.demand).toContain("[30s]");
  expect(queries.demand).toContain('and on (worker) (up{job="worker"} == 1)');
});
