import type { FleetConfig } from "@compose-fleet/fleet";
import { nobodySeen, type Observation, seenAfter } from "@compose-fleet/policy";
import type { Clock } from "../clock.ts";
import { assembleObservation } from "./assemble.ts";
import type { MetricsReader, QueryResult } from "./metrics-reader.ts";
import { observationQueries, QUERY_NAMES, type QueryName } from "./queries.ts";
import type { WorkerGroupReader } from "./worker-group.ts";

export interface ObserverDeps {
  readonly config: FleetConfig;
  readonly clock: Clock;
  readonly metrics: MetricsReader;
  readonly group: WorkerGroupReader;
}

/** Looks at the world once: all queries and the group at the same time. Never throws. */
export type Observe = () => Promise<Observation>;

/** An observer remembers only which workers have been up, and which drained; after a restart it learns that again from the first look. */
export function createObserver({ config, clock, metrics, group }: ObserverDeps): Observe {
  const queries = observationQueries(config);
  const services = Object.keys(config.services);
  let seen = nobodySeen;
  return async () => {
    const [description, ...results] = await Promise.all([
      group.describe(),
      ...QUERY_NAMES.map(async (name): Promise<[QueryName, QueryResult]> => [name, await metrics.query(queries[name])]),
    ]);
    const observation = assembleObservation({
      atMs: clock.monotonicMs(),
      services,
      bootMs: config.scaling.workers.bootSeconds * 1000,
      group: description,
      metrics: Object.fromEntries(results) as Record<QueryName, QueryResult>,
      seen,
    });
    if (observation.group.ok) seen = seenAfter(seen, observation.group.value.workers);
    return observation;
  };
}
