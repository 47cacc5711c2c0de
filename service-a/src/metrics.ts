import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Slots } from "./slots.ts";

/** The metrics of one replica. */
export interface ServiceMetrics {
  readonly contentType: string;
  /** The exposition text. */
  render(): Promise<string>;
  /** Counts a finished request; the duration is in seconds and includes waiting. */
  finished(seconds: number): void;
  /** Counts a request refused because the house was full. */
  rejected(): void;
}

/** A registry of its own, so that several replicas can live in one test process. */
export function createMetrics(slots: Slots): ServiceMetrics {
  const registry = new Registry();
  // The default, 10 ms, wakes an idle process 100 times a second: two dozen replicas on one machine would spend a tenth of a core on it.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 200 });
  const registers = [registry];
  const duration = new Histogram({
    name: "service_request_duration_seconds",
    help: "Requests under /api/, from arrival to the end of the answer.",
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const rejected = new Counter({
    name: "service_requests_rejected_total",
    help: "Requests answered with 503 because the house was full.",
    registers,
  });
  new Gauge({
    name: "service_requests_in_flight",
    help: "Requests that hold a slot.",
    registers,
    collect() {
      this.set(slots.working());
    },
  });
  new Gauge({
    name: "service_requests_waiting",
    help: "Requests in the queue.",
    registers,
    collect() {
      this.set(slots.waiting());
    },
  });
  return {
    contentType: registry.contentType,
    render: () => registry.metrics(),
    finished: (seconds) => duration.observe(seconds),
    rejected: () => rejected.inc(),
  };
}
