import { type FleetConfig, fleetNames, fleetSecrets, PORTS, prometheusDuration } from "@compose-fleet/fleet";
import { cidrPattern } from "./cidr-pattern.ts";
import { plainYaml } from "./plain-yaml.ts";
import type { RenderedFile } from "./rendered-file.ts";
import { servicesTable, tsv } from "./tables.ts";

/** What differs between AWS and an emulated cloud; leave out on AWS. */
export interface StackPrometheusOptions {
  /** EC2 API that discovery asks, such as `http://aws:4566`. Prometheus 3.5 does not read AWS_ENDPOINT_URL. */
  readonly ec2Endpoint?: string;
  /** Telegram API that Alertmanager posts to, for tests against a fake. */
  readonly telegramApiUrl?: string;
}

const FOLDER = "stack-prometheus/rendered";
const HEADER = "# Rendered from fleet.yaml by `fleet render`: edit that, not this.\n";

/** Both scalers hear everything, so that either can go on; the one that leads acts. */
const SCALERS = ["wh:8090", "wh-standby:8090"];

/** The agent's metrics that say whether samples get through; the rest of its own series would be cost without use. */
const AGENT_METRICS = [
  "process_resident_memory_bytes",
  "prometheus_build_info",
  "prometheus_remote_storage_samples_.*",
  "prometheus_remote_storage_shards",
  "prometheus_remote_storage_highest_timestamp_in_seconds",
  "prometheus_remote_storage_queue_highest_sent_timestamp_seconds",
];

/** The files that `secrets.sh` writes, by the secret that each holds; the others are called as their secret in small letters. */
const SECRET_FILES: Readonly<Record<string, string>> = {
  PROMETHEUS_PASSWORD: "prometheus_password",
  // Not mounted: Prometheus gets a hash of it.
  REMOTE_WRITE_PASSWORD: "worker_password",
  ALERTS_TOKEN: "alerts_token",
  API_TOKEN: "api_token",
  GRAFANA_PASSWORD: "grafana_password",
  REPOSITORY_TOKEN: "repository_token",
};

/** The files of `stack-prometheus/rendered/` for one fleet. */
export function renderStackPrometheus(config: FleetConfig, options: StackPrometheusOptions = {}): RenderedFile[] {
  return [
    { path: `${FOLDER}/prometheus.yml`, content: toYaml(prometheusConfig(config, options)) },
    {
      path: `${FOLDER}/prometheus.args`,
      content: `${HEADER}--storage.tsdb.retention.time=${config.monitoring.retention}\n`,
    },
    { path: `${FOLDER}/alertmanager.yml`, content: toYaml(alertmanagerConfig(config, options)) },
    { path: `${FOLDER}/secrets.tsv`, content: secretFiles(config) },
    { path: `${FOLDER}/services.tsv`, content: servicesTable(config) },
  ];
}

function secretFiles(config: FleetConfig): string {
  const used = fleetSecrets(config).filter(({ readers }) => readers.includes("monitoring"));
  return tsv(used.map(({ name }) => [SECRET_FILES[name] ?? name.toLowerCase(), name]));
}

function prometheusConfig(config: FleetConfig, options: StackPrometheusOptions): object {
  const interval = prometheusDuration(config.scaling.metrics.scrapeSeconds);
  return {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: ["/etc/prometheus/rules/*.yml"],
    alerting: { alertmanagers: [{ static_configs: [{ targets: ["alertmanager:9093"] }] }] },
    scrape_configs: [
      workerJob(config, options),
      { job_name: "wh", static_configs: [{ targets: SCALERS }] },
      { job_name: "alertmanager", static_configs: [{ targets: ["alertmanager:9093"] }] },
      {
        job_name: "prometheus",
        basic_auth: { username: "wh", password_file: "/run/secrets/prometheus_password" },
        static_configs: [{ targets: ["127.0.0.1:9090"] }],
      },
    ],
  };
}

function workerJob(config: FleetConfig, options: StackPrometheusOptions): object {
  const { Name: _shownToPeopleOnly, ...tags } = fleetNames(config).workerTags;
  return {
    job_name: "worker",
    ec2_sd_configs: [
      {
        region: config.region,
        ...(options.ec2Endpoint === undefined ? {} : { endpoint: options.ec2Endpoint }),
        port: PORTS.workerMetrics,
        refresh_interval: prometheusDuration(config.scaling.metrics.discoverySeconds),
        // Without the state filter a stopped instance stays a target and raises InstanceDown.
        filters: [
          { name: "instance-state-name", values: ["running"] },
          ...Object.entries(tags).map(([tag, value]) => ({ name: `tag:${tag}`, values: [value] })),
        ],
      },
    ],
    relabel_configs: [
      // Nothing outside the fleet's own network is ever dialled, whatever discovery answers.
      { source_labels: ["__meta_ec2_private_ip"], regex: cidrPattern(config.network.cidr), action: "keep" },
      { source_labels: ["__meta_ec2_instance_id"], target_label: "worker" },
      { source_labels: ["__meta_ec2_instance_id"], target_label: "instance" },
      { source_labels: ["__meta_ec2_availability_zone"], target_label: "zone" },
      // EC2 names the lifecycle only of instances that are not on demand.
      { target_label: "lifecycle", replacement: "on-demand" },
      { source_labels: ["__meta_ec2_instance_lifecycle"], regex: "(.+)", target_label: "lifecycle" },
    ],
    metric_relabel_configs: [{ source_labels: ["__name__"], regex: AGENT_METRICS.join("|"), action: "keep" }],
  };
}

function alertmanagerConfig(config: FleetConfig, options: StackPrometheusOptions): object {
  const { alertRepeatSeconds } = config.scaling.metrics;
  // A still-firing group is sent again every repeat_interval, but only on a group_interval tick: 25 s of 30 s gives exactly 30 s.
  const pulse = {
    group_interval: prometheusDuration(alertRepeatSeconds),
    repeat_interval: prometheusDuration(Math.max(1, Math.floor((alertRepeatSeconds * 5) / 6))),
  };
  return {
    route: {
      receiver: "nobody",
      routes: [
        {
          // No `continue`: people hear of scaling from wh, which knows what it did about it.
          matchers: ['scale=~"containers|instances"'],
          receiver: "wh",
          group_by: ["alertname", "worker", "service"],
          group_wait: "0s",
          ...pulse,
        },
        {
          matchers: ['severity!=""'],
          receiver: "people",
          group_by: ["alertname"],
          group_wait: "30s",
          group_interval: "5m",
          repeat_interval: "4h",
        },
      ],
    },
    receivers: [
      { name: "nobody" },
      {
        name: "wh",
        webhook_configs: SCALERS.map((scaler) => ({
          url: `http://${scaler}/alerts`,
          send_resolved: true,
          timeout: "5s",
          http_config: {
            authorization: { type: "Bearer", credentials_file: "/run/secrets/alerts_token" },
            follow_redirects: false,
          },
        })),
      },
      { name: "people", ...peopleChannels(config, options) },
    ],
  };
}

/** Every channel that fleet.yaml names hears every alert for people; none is a receiver that tells nobody. */
function peopleChannels({ notify, ...config }: FleetConfig, options: StackPrometheusOptions): object {
  const fleet = `${config.name} (${config.environment})`;
  return {
    ...(notify.telegram && {
      telegram_configs: [
        {
          bot_token_file: "/run/secrets/telegram_token",
          chat_id: notify.telegram.chatId,
          // Plain text, so nothing in an annotation can break the markup. Alertmanager cuts it at Telegram's limit.
          parse_mode: "",
          message: `{{ range .Alerts }}${alertLine(fleet)}\n{{ end }}`,
          send_resolved: true,
          ...(options.telegramApiUrl === undefined ? {} : { api_url: options.telegramApiUrl }),
        },
      ],
    }),
    ...(notify.slack && {
      slack_configs: [
        {
          api_url_file: "/run/secrets/slack_webhook_url",
          // Alertmanager's own title and link name its container, which nobody can reach.
          title: "",
          title_link: "",
          pretext: "",
          fallback: `${fleet}: {{ .GroupLabels.alertname }} {{ .Status }}`,
          text: slackText(fleet),
          // No markup in `text`; an empty list would mean Alertmanager's default.
          mrkdwn_in: ["fallback"],
          send_resolved: true,
        },
      ],
    }),
    ...(notify.webhook && {
      webhook_configs: [
        {
          url: notify.webhook.url,
          send_resolved: true,
          timeout: "5s",
          max_alerts: WEBHOOK_ALERTS,
          http_config: {
            // Alertmanager signs nothing: the receiver knows it by the secret itself.
            authorization: { type: "Bearer", credentials_file: "/run/secrets/webhook_secret" },
            follow_redirects: false,
          },
        },
      ],
    }),
  };
}

/** One line per alert: which fleet, what, since when. Go's template of Alertmanager, within a `range`. */
function alertLine(fleet: string, summary = "{{ .Annotations.summary }}"): string {
  return `${fleet}: {{ .Labels.alertname }} {{ .Status }}: ${summary}`;
}

/** Below Slack's 40,000 characters, also when each character of each summary is escaped. */
const SLACK_ALERTS = 20;
const SLACK_SUMMARY_CHARACTERS = 300;

/** What a group has beyond is counted in `truncatedAlerts`. */
const WEBHOOK_ALERTS = 100;

/** The lines as Slack's plain text: `<!channel>` in a summary calls nobody. */
function slackText(fleet: string): string {
  const escapes = [
    ["&", "&amp;"],
    ["<", "&lt;"],
    [">", "&gt;"],
  ];
  const pipe = escapes.map(([from, to]) => ` | reReplaceAll "${from}" "${to}"`).join("");
  const summary = `{{ printf "%.${SLACK_SUMMARY_CHARACTERS}s" .Annotations.summary${pipe} }}`;
  const first = `{{ range $index, $alert := .Alerts }}{{ if lt $index ${SLACK_ALERTS} }}${alertLine(fleet, summary)}\n{{ end }}{{ end }}`;
  return `${first}{{ if gt (len .Alerts) ${SLACK_ALERTS} }}These are the first ${SLACK_ALERTS} of {{ len .Alerts }}.{{ end }}`;
}

function toYaml(document: object): string {
  return HEADER + plainYaml(document);
}
