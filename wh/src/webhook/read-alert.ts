import { type Signal, signalId } from "@compose-fleet/policy";
import { display } from "./display.ts";
import type { NotifiedAlert } from "./notification.ts";

/** An alert as the scaler reads it: a signal, or a note saying why it asks for nothing. */
export type AlertReading = { readonly signal: Signal } | { readonly note: string };

const WORKER_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Maps the labels scale, direction, service, worker and fleet_test; `services` are the names in fleet.yaml. */
export function readAlert(alert: NotifiedAlert, services: readonly string[]): AlertReading {
  const { scale, direction, service, worker } = alert.labels;
  const name = display(alert.labels.alertname ?? "alert");
  if (scale === undefined) return { note: `${name}: no label scale, only wakes the loop` };
  if (scale !== "containers" && scale !== "instances") {
    return { note: `${name} ignored: unknown scale ${display(scale)}, known are containers and instances` };
  }
  if (direction !== "up" && direction !== "down") {
    return { note: `${name} ignored: unknown direction ${display(direction ?? "(none)")}, known are up and down` };
  }
  if (service && !services.includes(service)) return { note: `${name} ignored: unknown service ${display(service)}` };
  if (worker && !WORKER_ID.test(worker)) return { note: `${name} ignored: unknown worker ${display(worker)}` };
  return {
    signal: {
      id: signalId(alert.fingerprint, alert.startsAtMs),
      kind: alert.labels.fleet_test === "true" ? "test" : "alert",
      scale,
      direction,
      ...(service ? { service } : {}),
      ...(worker ? { worker } : {}),
    },
  };
}
