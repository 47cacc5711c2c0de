import { fleetNames, PORTS } from "@compose-fleet/fleet";
import { CliError } from "@compose-fleet/process";
import { parse } from "yaml";
import { z } from "zod";
import type { Check } from "../check.ts";

const configSchema = z.object({
  scrape_configs: z.array(
    z.object({
      job_name: z.string(),
      ec2_sd_configs: z
        .array(
          z.object({
            region: z.string().optional(),
            port: z.number().optional(),
            filters: z.array(z.object({ name: z.string(), values: z.array(z.string()) })).default([]),
          }),
        )
        .default([]),
    }),
  ),
});

/** Filters of another fleet find that one's machines, none find everybody's, and without the state a stopped machine is one that is down. */
export const discoveryFilters: Check = {
  name: "Prometheus looks for this fleet's workers",
  find: async ({ config, prometheusConfig }) => {
    const parsed = configSchema.safeParse(parse(await prometheusConfig())).data;
    if (parsed === undefined) throw new CliError("Prometheus' configuration cannot be read.");
    const fix = "fleet render, then fleet release --only monitoring";
    const found = parsed.scrape_configs.find(({ job_name }) => job_name === "worker")?.ec2_sd_configs[0];
    if (found === undefined) return [{ text: "Prometheus has no job worker that asks EC2 for machines", fix }];
    const { Name: _forPeople, ...tags } = fleetNames(config).workerTags;
    const wanted: Readonly<Record<string, string>> = {
      region: config.region,
      port: String(PORTS.workerMetrics),
      "instance-state-name": "running",
      ...Object.fromEntries(Object.entries(tags).map(([tag, value]) => [`tag:${tag}`, value])),
    };
    const is: Readonly<Record<string, string>> = {
      region: found.region ?? "none",
      port: String(found.port ?? "none"),
      ...Object.fromEntries(found.filters.map(({ name, values }) => [name, values.join(", ")])),
    };
    return [...new Set([...Object.keys(wanted), ...Object.keys(is)])]
      .filter((key) => is[key] !== wanted[key])
      .map((key) => ({
        text: `ec2_sd's ${key} is ${is[key] ?? "missing"} and has to be ${wanted[key] ?? "left out"}`,
        fix,
      }));
  },
};
