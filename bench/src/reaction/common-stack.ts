import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type FleetConfig, fleetNames } from "@compose-fleet/fleet";
import type { LocalFolders } from "@compose-fleet/local-fleet/session";
import { CliError } from "@compose-fleet/process";

import { parse, stringify } from "yaml";
import { agentCounters } from "./agent-cost.ts";

/** Where the receiver of the usual set-up listens inside the monitoring network. */
export const receiverName = "common-receiver";
export const receiverPort = 8099;

const interval = "15s";

/** Lets a rendered copy of the monitoring stack keep the counters that the agent's cost is read from. */
export async function keepAgentCounters(_config: FleetConfig, folders: LocalFolders): Promise<void> {
  await edit(join(folders.stackPrometheusDir, "rendered", "prometheus.yml"), withAgentCounters);
}

/** Turns a rendered copy of both stacks into the usual set-up: 15 s scrapes and evaluation, 1m windows, group_wait 10 s. */
export async function makeCommon(config: FleetConfig, folders: LocalFolders): Promise<void> {
  const monitoring = folders.stackPrometheusDir;
  await keepAgentCounters(config, folders);
  await edit(join(folders.stackWorkerDir, "rendered", "agent", "agent.yml"), slowScrapes);
  await edit(join(monitoring, "rendered", "prometheus.yml"), slowScrapes);
  await edit(join(monitoring, "rendered", "alertmanager.yml"), usualRoute);
  await replaceText(join(monitoring, "rules", "scaling.yml"), () => usualRules(config));
  // Series with a sample every 15 s need Prometheus' own default here.
  await replaceText(join(monitoring, "compose.yml"), (text) =>
    text.replace("--query.lookback-delta=15s", "--query.lookback-delta=5m"),
  );
}

interface ScrapeConfig {
  global: Record<string, unknown>;
  scrape_configs: Record<string, unknown>[];
}

function slowScrapes(document: unknown): unknown {
  const config = document as ScrapeConfig;
  config.global.scrape_interval = interval;
  config.global.scrape_timeout = "10s";
  if ("evaluation_interval" in config.global) config.global.evaluation_interval = interval;
  for (const job of config.scrape_configs) {
    delete job.scrape_interval;
    delete job.scrape_timeout;
  }
  return config;
}

function withAgentCounters(document: unknown): unknown {
  const { scrape_configs: jobs } = document as {
    scrape_configs: { job_name: string; metric_relabel_configs?: { regex: string; action: string }[] }[];
  };
  const kept = jobs
    .find(({ job_name: name }) => name === "worker")
    ?.metric_relabel_configs?.find(({ action }) => action === "keep");
  if (kept === undefined) throw new CliError("The job worker of prometheus.yml has no list of metrics to keep.");
  kept.regex = [kept.regex, ...agentCounters].join("|");
  return document;
}

function usualRoute(): unknown {
  return {
    route: {
      receiver: "common",
      group_by: ["alertname", "worker", "service"],
      group_wait: "10s",
      group_interval: "30s",
      repeat_interval: "1m",
    },
    receivers: [
      { name: "common", webhook_configs: [{ url: `http://${receiverName}:${receiverPort}/`, send_resolved: false }] },
    ],
  };
}

/** The alerts that such set-ups have: rate over a minute against a fixed line, without any condition of ours. */
function usualRules(config: FleetConfig): string {
  const { utilisation, headroom } = config.scaling;
  const rules = Object.entries(config.services).flatMap(([service, { capacity, replicas }]) => {
    if (capacity === undefined) return [];
    const rate = `rate(fleet_http_requests_total{service="${service}"}[1m])`;
    const perReplica = utilisation * capacity.requestsPerSecond;
    const perWorker = headroom * capacity.requestsPerSecond * replicas.max;
    return [
      {
        alert: "UsualHighRequestRate",
        expr: `sum by (worker, service) (${rate}) / max by (worker, service) (fleet_replicas_ready{service="${service}"}) > ${perReplica}`,
        labels: { scale: "containers" },
      },
      {
        alert: "UsualHighLoad",
        expr: `sum(${rate}) / count(up{job="worker"} == 1) > ${perWorker}`,
        labels: { scale: "instances", service, group: fleetNames(config).group },
      },
    ];
  });
  return stringify({ groups: [{ name: "usual", rules }] }, { lineWidth: 0 });
}

async function edit(path: string, change: (document: unknown) => unknown): Promise<void> {
  await replaceText(path, (text) => stringify(change(parse(text)), { lineWidth: 0 }));
}

async function replaceText(path: string, change: (text: string) => string): Promise<void> {
  await writeFile(path, change(await readFile(path, "utf8")));
  await chmod(path, 0o644);
}
