import { readFileSync } from "node:fs";
import { type FleetConfig, type FleetConfigInput, parseFleetConfig } from "@compose-fleet/fleet";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { renderStackPrometheus, type StackPrometheusOptions } from "./stack-prometheus.ts";

const root = new URL("../../../", import.meta.url);

function config(input: Partial<FleetConfigInput> = {}): FleetConfig {
  const services = { web: { path: "/", port: 3000, memory: "64m", capacity: { requestsPerSecond: 50 } } };
  const result = parseFleetConfig({ name: "shop", services, ...input });
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.config;
}

function rendered(name: string, fleet: FleetConfig, options?: StackPrometheusOptions) {
  const file = renderStackPrometheus(fleet, options).find((one) => one.path === `stack-prometheus/rendered/${name}`);
  if (!file) throw new Error(`${name} was not rendered`);
  return parse(file.content);
}

const workerJob = (fleet: FleetConfig, options?: StackPrometheusOptions) =>
  rendered("prometheus.yml", fleet, options).scrape_configs[0];
const fast = { metrics: { scrapeSeconds: 1, rateWindowSeconds: 5, discoverySeconds: 5, alertRepeatSeconds: 5 } };

describe("prometheus.yml", () => {
  test("scrapes and evaluates at the interval of fleet.yaml", () => {
    expect(rendered("prometheus.yml", config()).global).toEqual({
      scrape_interval: "2s",
      scrape_timeout: "2s",
      evaluation_interval: "2s",
    });
  });

  test("writes half a second as Prometheus reads it", () => {
    const fleet = config({ scaling: { metrics: { scrapeSeconds: 0.5, rateWindowSeconds: 5 } } });
    expect(rendered("prometheus.yml", fleet).global.scrape_interval).toBe("500ms");
  });

  test("discovers running instances of this fleet and environment only", () => {
    const [discovery] = workerJob(config({ environment: "stage", region: "us-east-1" })).ec2_sd_configs;
    expect(discovery).toEqual({
      region: "us-east-1",
      port: 8080,
      refresh_interval: "15s",
      filters: [
        { name: "instance-state-name", values: ["running"] },
        { name: "tag:worker", values: ["true"] },
        { name: "tag:fleet", values: ["shop"] },
        { name: "tag:environment", values: ["stage"] },
      ],
    });
  });

  test("hurries where the scrape interval is a second", () => {
    expect(workerJob(config({ scaling: fast })).ec2_sd_configs[0].refresh_interval).toBe("5s");
  });

  test("asks another EC2 where there is one", () => {
    expect(workerJob(config(), { ec2Endpoint: "http://aws:4566" }).ec2_sd_configs[0].endpoint).toBe("http://aws:4566");
  });

  test("drops every address outside the fleet's network first of all", () => {
    expect(workerJob(config({ network: { cidr: "10.9.8.0/24" } })).relabel_configs[0]).toEqual({
      source_labels: ["__meta_ec2_private_ip"],
      regex: "10\\.9\\.(8)\\.\\d+",
      action: "keep",
    });
  });

  test("calls a worker on demand unless EC2 says otherwise", () => {
    const rules: { target_label?: string; source_labels?: string[] }[] = workerJob(config()).relabel_configs;
    const lifecycle = rules.filter((rule) => rule.target_label === "lifecycle");
    expect(lifecycle).toEqual([
      { target_label: "lifecycle", replacement: "on-demand" },
      { target_label: "lifecycle", source_labels: ["__meta_ec2_instance_lifecycle"], regex: "(.+)" },
    ]);
  });

  test("keeps the retention of fleet.yaml in a file of flags", () => {
    const files = renderStackPrometheus(config({ monitoring: { retention: "30d" } }));
    expect(files.find((file) => file.path.endsWith(".args"))?.content).toContain("--storage.tsdb.retention.time=30d\n");
  });
});

describe("alertmanager.yml", () => {
  test("a scaling alert is sent at once and repeated every 30 s", () => {
    expect(rendered("alertmanager.yml", config()).route.routes[0]).toMatchObject({
      receiver: "wh",
      group_by: ["alertname", "worker", "service"],
      group_wait: "0s",
      group_interval: "30s",
      repeat_interval: "25s",
    });
  });

  test("and every 5 s where the scrape interval is a second", () => {
    expect(rendered("alertmanager.yml", config({ scaling: fast })).route.routes[0]).toMatchObject({
      group_interval: "5s",
      repeat_interval: "4s",
    });
  });

  test("both scalers hear it and are scraped, under the same token", () => {
    const scalers = ["wh:8090", "wh-standby:8090"];
    const wh = rendered("alertmanager.yml", config()).receivers.find((one: { name: string }) => one.name === "wh");
    expect(wh.webhook_configs.map(({ url }: { url: string }) => url)).toEqual(
      scalers.map((scaler) => `http://${scaler}/alerts`),
    );
    const jobs: { job_name: string; static_configs?: object }[] = rendered("prometheus.yml", config()).scrape_configs;
    expect(jobs.find((job) => job.job_name === "wh")?.static_configs).toEqual([{ targets: scalers }]);
  });

  test("what scales goes to nobody else", () => {
    expect(rendered("alertmanager.yml", config()).route.routes[0]).not.toHaveProperty("continue");
  });

  test("people have no channel unless fleet.yaml says so", () => {
    expect(rendered("alertmanager.yml", config()).receivers).toContainEqual({ name: "people" });
  });

  test("Telegram's token is a file, its chat that of fleet.yaml", () => {
    const fleet = config({ notify: { telegram: { chatId: -100123 } } });
    const people = rendered("alertmanager.yml", fleet).receivers.find((one: { name: string }) => one.name === "people");
    expect(people.telegram_configs).toEqual([
      expect.objectContaining({ bot_token_file: "/run/secrets/telegram_token", chat_id: -100123 }),
    ]);
    expect(people.telegram_configs[0]).not.toHaveProperty("api_url");
    expect(people).not.toHaveProperty("slack_configs");
  });

  const peopleOf = (notify: object) =>
    rendered("alertmanager.yml", config({ notify })).receivers.find((one: { name: string }) => one.name === "people");

  test("Slack's address is a file; its text has no markup, is escaped and bounded", () => {
    const people = peopleOf({ slack: {} });
    expect(people).not.toHaveProperty("telegram_configs");
    expect(people.slack_configs).toEqual([
      expect.objectContaining({ api_url_file: "/run/secrets/slack_webhook_url", send_resolved: true, title_link: "" }),
    ]);
    const { text, mrkdwn_in } = people.slack_configs[0];
    expect(mrkdwn_in).not.toContain("text");
    expect(text).toContain('reReplaceAll "&" "&amp;" | reReplaceAll "<" "&lt;" | reReplaceAll ">" "&gt;"');
    expect(text).toContain('printf "%.300s" .Annotations.summary');
    expect(text).toContain("lt $index 20");
  });

  test("a webhook gets Alertmanager's JSON with the secret as bearer token, and no redirect takes it elsewhere", () => {
    expect(peopleOf({ webhook: { url: "https://ops.example.com/fleet" } }).webhook_configs).toEqual([
      {
        url: "https://ops.example.com/fleet",
        send_resolved: true,
        timeout: "5s",
        max_alerts: 100,
        http_config: {
          authorization: { type: "Bearer", credentials_file: "/run/secrets/webhook_secret" },
          follow_redirects: false,
        },
      },
    ]);
  });

  const everyChannel = { slack: {}, telegram: { chatId: 1 }, webhook: { url: "https://ops.example.com/fleet" } };

  test("where all are configured all are told", () => {
    expect(Object.keys(peopleOf(everyChannel))).toEqual([
      "name",
      "telegram_configs",
      "slack_configs",
      "webhook_configs",
    ]);
  });

  test("every secret that Alertmanager reads is mounted into its container", () => {
    const text = JSON.stringify(rendered("alertmanager.yml", config({ notify: everyChannel })));
    const read = new Set([...text.matchAll(/\/run\/secrets\/(\w+)/g)].map(([, name]) => name));
    const compose = parse(readFileSync(new URL("stack-prometheus/compose.yml", root), "utf8"));
    expect([...read].sort()).toEqual([...compose.services.alertmanager.secrets].sort());
  });
});

describe("secrets.tsv", () => {
  const secrets = (fleet: FleetConfig) => {
    const file = renderStackPrometheus(fleet).find(({ path }) => path.endsWith("/secrets.tsv"));
    return Object.fromEntries((file?.content.trimEnd().split("\n") ?? []).map((line) => line.split("\t")));
  };
  test("names the file of each secret that the machine reads", () => {
    expect(secrets(config())).toEqual({
      prometheus_password: "PROMETHEUS_PASSWORD",
      worker_password: "REMOTE_WRITE_PASSWORD",
      alerts_token: "ALERTS_TOKEN",
      api_token: "API_TOKEN",
      grafana_password: "GRAFANA_PASSWORD",
    });
  });
  test("has the channels' secrets where fleet.yaml has the channels", () => {
    expect(secrets(config({ notify: { telegram: { chatId: 1 }, slack: {} } }))).toMatchObject({
      telegram_token: "TELEGRAM_TOKEN",
      slack_webhook_url: "SLACK_WEBHOOK_URL",
    });
  });
  test("has the repository's token where the scaler follows a private one", () => {
    const releases = { pull: { repository: "https://example.com/fleet.git", private: true } };
    expect(secrets(config({ releases }))).toMatchObject({ repository_token: "REPOSITORY_TOKEN" });
  });
  test("names only files that compose.yml mounts, and the one that becomes a hash", () => {
    const compose = parse(readFileSync(new URL("stack-prometheus/compose.yml", root), "utf8"));
    const mounted = [...Object.keys(compose.secrets), "worker_password"];
    expect(mounted).toEqual(
      expect.arrayContaining(Object.keys(secrets(config({ notify: { telegram: { chatId: 1 }, slack: {} } })))),
    );
  });
});
