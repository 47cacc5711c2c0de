import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseFleetConfig } from "@compose-fleet/fleet";
import { CliError } from "@compose-fleet/process";
import { renderStackPrometheus } from "@compose-fleet/render";
import { expect, test } from "vitest";
import { status } from "../../../core/wh-api/test/examples.ts";
import type { Questions, Sample } from "./check.ts";
import { checks } from "./checks/all-checks.ts";
import { diagnose, doctorLines } from "./run-doctor.ts";

const NOW = Date.parse("2026-03-01T00:00:00Z");
const rendered = resolve(import.meta.dirname, "../../../stack-prometheus/rendered/alertmanager.yml");

const parsed = parseFleetConfig({
  name: "demo",
  environment: "test",
  services: { web: { path: "/", port: 80, memory: "64m", capacity: { requestsPerSecond: 100 } } },
});
if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
const { config } = parsed;
const { replicas } = config.services.web ?? { replicas: { min: 0, max: 0 } };

interface World {
  status: object;
  workers: object;
  /** By a part of the expression. */
  metrics: Record<string, readonly Sample[]>;
  alertmanager: (original: string) => string;
  prometheus: (original: string) => string;
  run: (id: string, script: string) => { exitCode: number; stdout: string; stderr: string };
  certificateEndsMs: number | undefined;
}

const sample = (labels: Record<string, string>, value: number): Sample => ({ labels: { ...labels }, value });
const one = { exitCode: 0, stdout: "", stderr: "" };

/** A fleet of one worker where all is well, but for what is planted. */
function questions(planted: Partial<World> = {}): Questions {
  const metrics: World["metrics"] = {
    "fleet_policy_target{": [
      sample({ service: "web", kind: "requests_per_replica_high" }, 100 * config.scaling.utilisation),
      sample({ service: "web", kind: "replicas_max" }, replicas.max),
      sample({ service: "web", kind: "replicas_min" }, replicas.min),
    ],
    'up{job="worker"} == 1': [sample({ worker: "i-1" }, 1)],
    'up{job="worker"}': [sample({ worker: "i-1" }, 1)],
    fleet_replicas_ready: [sample({ worker: "i-1", service: "web" }, 1)],
    ...planted.metrics,
  };
  const answer = {
    ...status,
    blindSeconds: 0,
    workers: status.workers && {
      ...status.workers,
      min: config.workers.min,
      max: config.workers.max,
      suspended: ["AZRebalance"],
      ...planted.workers,
    },
    ...planted.status,
  } as typeof status;
  return {
    config,
    status: async () => answer,
    metric: async (expression) => {
      const exact = metrics[expression];
      if (exact !== undefined) return exact;
      const parts = Object.entries(metrics).filter(([part]) => part.length >= 20 && part !== "fleet_replicas_ready");
      return parts.find(([part]) => expression.includes(part))?.[1] ?? [];
    },
    alertmanager: async () => {
      const original = readFileSync(rendered, "utf8");
      return planted.alertmanager?.(original) ?? original;
    },
    prometheusConfig: async () => {
      const original =
        renderStackPrometheus(config).find(({ path }) => path.endsWith("/prometheus.yml"))?.content ?? "";
      return planted.prometheus?.(original) ?? original;
    },
    machines: {
      list: async () => [
        { id: "i-1", kind: "workers" },
        { id: "m-1", kind: "monitoring" },
      ],
      run: async ({ id }, script) =>
        planted.run?.(id, script) ?? (script.startsWith("date") ? { ...one, stdout: `${NOW + 900}\n` } : one),
      attach: async () => 0,
    },
    certificateEndsMs: async () => planted.certificateEndsMs,
    nowMs: () => NOW,
  };
}

test("where all is well, every check says so", async () => {
  const diagnoses = await diagnose(checks, questions({ certificateEndsMs: NOW + 90 * 86_400_000 }));
  expect(diagnoses.filter(({ result }) => result !== "well")).toEqual([]);
});

const planted: readonly (readonly [check: string, world: Partial<World>, text: RegExp])[] = [
  [
    "a scaler leads",
    { status: { leader: { ...status.leader, isMe: false, mandate: "nothing" } } },
    /no scaler that answers leads/,
  ],
  ["a scaler leads", { status: { leader: { ...status.leader, mandate: "scale-out" } } }, /may only scale out/],
  ["the scaler acts", { status: { hold: true } }, /is held/],
  ["the scaler acts", { status: { blindSeconds: 300 } }, /blind for 300 s/],
  [
    "the fleet file is what runs",
    { metrics: { "fleet_policy_target{": [sample({ service: "web", kind: "replicas_max" }, replicas.max + 1)] } },
    /replicas_max is/,
  ],
  ["the fleet file is what runs", { metrics: { "fleet_policy_target{": [] } }, /does not know the service web/],
  [
    "the group gives what is asked for",
    { workers: { failedLaunches: 2, launchProblem: "vCPU limit" } },
    /2 launches .*vCPU limit/,
  ],
  ["the group gives what is asked for", { status: { workers: null } }, /cannot be read/],
  ["the group gives what is asked for", { workers: { unread: [{ what: "activities", problem: "denied" }] } }, /denied/],
  [
    "the group may be as small and as large as the fleet file says",
    { workers: { max: config.workers.max - 1 } },
    /at most \d+ workers may run/,
  ],
  [
    "the group may be as small and as large as the fleet file says",
    { workers: { min: config.workers.min + 1 } },
    /at least \d+ workers have to run/,
  ],
  [
    "Prometheus looks for this fleet's workers",
    { prometheus: (text) => text.replace("- demo", "- shop") },
    /tag:fleet is shop and has to be demo/,
  ],
  [
    "Prometheus looks for this fleet's workers",
    { prometheus: (text) => text.replace("instance-state-name", "instance-type") },
    /instance-state-name is missing .*\n.*instance-type is running and has to be left out/,
  ],
  [
    "Prometheus looks for this fleet's workers",
    { prometheus: (text) => text.replace("job_name: worker", "job_name: workers") },
    /no job worker/,
  ],
  [
    "images are not old",
    {
      run: (id, script) =>
        script.startsWith("docker") && id === "m-1"
          ? { ...one, stdout: "1980-01-01T00:00:01Z same:1\n2024-11-01T09:00:00.5Z prom/alertmanager:v0.27.0\n" }
          : { ...one, stdout: `${NOW}` },
    },
    /^prom\/alertmanager:v0\.27\.0 was built 484 days ago$/,
  ],
  ["the group's processes go on", { workers: { suspended: ["AZRebalance", "Launch"] } }, /: Launch$/],
  [
    "machines take commands",
    { run: (id) => ({ ...one, exitCode: id === "i-1" ? 1 : 0, stdout: `${NOW}`, stderr: "not online" }) },
    /i-1 takes no commands: not online/,
  ],
  ["clocks agree", { run: (id) => ({ ...one, stdout: `${NOW - (id === "i-1" ? 90_000 : 0)}` }) }, /i-1 is 90 s behind/],
  ["clocks agree", { run: (id) => ({ ...one, stdout: `${NOW + (id === "i-1" ? 30_000 : 0)}` }) }, /30 s ahead/],
  ["Prometheus sees every worker", { metrics: { 'up{job="worker"}': [] } }, /does not know the worker i-1/],
  [
    "Prometheus sees every worker",
    { metrics: { 'up{job="worker"}': [sample({ worker: "i-1" }, 0)] } },
    /cannot reach port 8080/,
  ],
  ["what workers measure arrives", { metrics: { fleet_replicas_ready: [] } }, /does not arrive/],
  [
    "alerts reach the scaler in time",
    { alertmanager: (text) => text.replace("group_wait: 0s", "group_wait: 30s") },
    /group_wait to the scaler is 30s/,
  ],
  [
    "alerts reach the scaler in time",
    { alertmanager: (text) => text.replace("repeat_interval: 25s", "repeat_interval: 1h30m") },
    /repeat_interval/,
  ],
  [
    "alerts reach the scaler in time",
    { alertmanager: (text) => text.replaceAll("receiver: wh", "receiver: nobody") },
    /no route to the scaler/,
  ],
  [
    "notifications arrive",
    {
      metrics: {
        alertmanager_notifications_failed_total: [sample({ integration: "telegram", reason: "clientError" }, 2.2)],
      },
    },
    /3 notifications by telegram failed .*clientError/,
  ],
  [
    "alert lines can be reached",
    {
      metrics: {
        "max by (service) (max_over_time((sum by (service, worker)": [sample({ service: "web" }, 20)],
        "max(max_over_time(fleet_worker_cpu_ratio[1h]))": [sample({}, 0.99)],
      },
    },
    /cannot be reached/,
  ],
  [
    "capacities are what is measured",
    { metrics: { "fleet_http_requests_total{status!~": [sample({ service: "web" }, 150)] } },
    /150.0 req\/s .*to be 100/,
  ],
  ["memory is enough", { metrics: { container_memory_working_set_bytes: [sample({ service: "web" }, 0.97)] } }, /97 %/],
  ["disks have room", { metrics: { node_filesystem_avail_bytes: [sample({ worker: "i-1" }, 0.04)] } }, /4 % free/],
  ["the certificate is valid", { certificateEndsMs: NOW + 5 * 86_400_000 }, /ends in 5 days/],
  ["the certificate is valid", { certificateEndsMs: NOW - 1 }, /has ended/],
];

test.each(planted)("%s: %o is found, with a fix, and by that check", async (name, world, text) => {
  const diagnoses = await diagnose(checks, questions(world));
  const found = diagnoses.find(({ check }) => check === name);
  expect(found?.findings.map((finding) => finding.text).join("\n")).toMatch(text);
  expect(found?.findings.every(({ fix }) => fix.length > 10)).toBe(true);
});

test("every check has a fault that proves it, and a name of its own", () => {
  const names = checks.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect([...new Set(planted.map(([name]) => name))].sort()).toEqual([...names].sort());
});

test("what cannot be looked at is unknown, stops no other check, and is a line", async () => {
  const ask = { ...questions(), status: () => Promise.reject(new CliError("The scaler answered 401: wrong token")) };
  const diagnoses = await diagnose(checks, ask);
  expect(diagnoses.find(({ check }) => check === "a scaler leads")).toMatchObject({ result: "unknown" });
  expect(diagnoses.find(({ check }) => check === "notifications arrive")).toMatchObject({ result: "well" });
  const lines = doctorLines(diagnoses);
  expect(lines).toContain("?      a scaler leads: The scaler answered 401: wrong token");
  expect(lines.every((line) => !line.includes("\n"))).toBe(true);
});
