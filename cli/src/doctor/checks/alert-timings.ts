import { CliError } from "@compose-fleet/process";
import { parse } from "yaml";
import { z } from "zod";
import type { Check } from "../check.ts";

/** Longest times of the route to the scaler, seconds: a signal is forgotten when it is not repeated within a minute. */
const LONGEST = { group_wait: 5, group_interval: 60, repeat_interval: 60 } as const;
const UNITS: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3_600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
};

const configSchema = z.object({
  route: z.object({
    routes: z.array(z.looseObject({ receiver: z.string().optional() })).default([]),
  }),
});

/** Whoever edits the rendered file, or puts a route before it, makes scaling slow. */
export const alertTimings: Check = {
  name: "alerts reach the scaler in time",
  find: async ({ alertmanager }) => {
    const config = configSchema.safeParse(parse(await alertmanager())).data;
    if (config === undefined) throw new CliError("Alertmanager's configuration cannot be read.");
    const fix = "fleet render, then fleet release --only monitoring";
    const route = config.route.routes.find(({ receiver }) => receiver === "wh");
    if (route === undefined) return [{ text: "Alertmanager has no route to the scaler", fix }];
    return Object.entries(LONGEST).flatMap(([key, longest]) => {
      const seconds = secondsOf(route[key]);
      return seconds !== undefined && seconds <= longest
        ? []
        : [{ text: `Alertmanager's ${key} to the scaler is ${route[key] ?? "inherited"}: at most ${longest}s`, fix }];
    });
  },
};

/** Prometheus' durations: 1m30s. */
function secondsOf(value: unknown): number | undefined {
  if (typeof value !== "string" || !/^(\d+(ms|[smhdwy]))+$/.test(value)) return undefined;
  return [...value.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce(
    (sum, [, count, unit = ""]) => sum + Number(count) * (UNITS[unit] ?? 0),
    0,
  );
}
