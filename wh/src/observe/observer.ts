import type { FleetConfig } from "@compose-fleet/fleet";
import { nobodySeen, type Observation, observe, QUANTITIES, type Quantity } from "@compose-fleet/policy";
import type { Clock } from "../runtime/clock.ts";
import type { MetricsReader, QueryResult } from "./metrics-reader.ts";
import { observationQueries, signalQueries, troubleQuery } from "./queries.ts";
import { rawMetricsOf, rawSignalsOf, troublesOf } from "./raw-metrics.ts";
import type { WorkerGroupReader } from "./worker-group.ts";

export interface ObserverDeps {
  readonly config: FleetConfig;
  readonly clock: Clock;
  readonly metrics: MetricsReader;
  readonly group: WorkerGroupReader;
}

/** Looks at the world once: all queries and the group at the same time. Never throws. */
export type Observe = () => Promise<Observation>;

/** An observer reads, and remembers between looks what the policy says; after a restart it learns that again from the first look. */
export function createObserver({ config, clock, metrics, group }: ObserverDeps): Observe {
  const queries = observationQueries(config);
  const own = signalQueries(config);
  const asksTroubles = troubleQuery(config);
  let seen = nobodySeen;
  return async () => {
    const [description, troubles, signals, ...results] = await Promise.all([
      group.describe(),
      metrics.query(asksTroubles),
      Promise.all(own.map(async (asked) => [asked, await metrics.query(asked.query)] as const)),
      ...QUANTITIES.map(async (name): Promise<[Quantity, QueryResult]> => [name, await metrics.query(queries[name])]),
    ]);
    const look = {
      atMs: clock.monotonicMs(),
      group: description,
      metrics: {
        ...rawMetricsOf(Object.fromEntries(results) as Record<Quantity, QueryResult>),
        troubles: troublesOf(troubles, config.services),
        ...(own.length > 0 && { signals: rawSignalsOf(signals) }),
      },
    };
    const observed = observe(config, look, seen);
    seen = observed.seen;
    return observed.observation;
  };
}
