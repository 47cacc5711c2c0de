import { cpSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseFleetConfig } from "@compose-fleet/fleet";
import { renderStackPrometheus } from "@compose-fleet/render";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readImages } from "../test/images.ts";
import { docker, image, type Result, run, STACK, scratchFolder } from "./test/docker.ts";
import { SECRETS_GROUP, writeSecrets } from "./test/secrets.ts";

const PROJECT = `fleet-test-monitoring-${process.pid}`;
const WORKER = "i-0123456789abcdef0";

interface Notification {
  readonly receiver: string;
  readonly alerts: readonly { status: string; labels: Record<string, string>; annotations: Record<string, string> }[];
}

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let env: Record<string, string>;
let receiver: string;

beforeAll(async () => {
  const fleet = parseFleetConfig(parse(readFileSync(path.join(STACK, "..", "fleet.demo.yaml"), "utf8")));
  if (!fleet.ok) throw new Error(JSON.stringify(fleet.faults));
  // Nobody listens there: discovery fails, and has to leave everything else alone.
  const files = renderStackPrometheus(fleet.config, { ec2Endpoint: "http://127.0.0.1:1" });
  scratch = await scratchFolder(Object.fromEntries(files.map((file) => [file.path, file.content])));
  cpSync(STACK, path.join(scratch.folder, "stack-prometheus"), {
    recursive: true,
    filter: (source) => !source.includes(`${path.sep}rendered`),
  });
  cpSync(path.join(STACK, "..", "fleet.demo.yaml"), path.join(scratch.folder, "fleet.yaml"));
  await writeSecrets(path.join(scratch.folder, "secrets"));
  const images = readImages();
  env = {
    ...images,
    WH_IMAGE: images.NODE_IMAGE ?? "",
    COMPOSE_PROJECT_NAME: PROJECT,
    COMPOSE_FILE: "compose.yml:test/stack/override.yml",
    FLEET_SECRETS_DIR: path.join(scratch.folder, "secrets"),
    FLEET_SECRETS_GID: String(SECRETS_GROUP),
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  };
  const up = await compose("up", "-d", "--wait", "--wait-timeout", "200", "--pull", "never");
  if (up.code !== 0) throw new Error(`${up.output}\n${(await compose("logs", "--tail", "20")).output}`);
  receiver = (await compose("ps", "--quiet", "wh")).stdout.trim();
});

afterAll(async () => {
  if (env) await compose("--profile", "grafana", "down", "--volumes", "--timeout", "2");
  await scratch?.remove();
});

function compose(...args: string[]): Promise<Result> {
  return run(
    "docker",
    ["compose", "--project-directory", ".", ...args],
    env,
    path.join(scratch.folder, "stack-prometheus"),
  );
}

/** A request from inside the receiver's container, which is in the stack's network; the host dials nothing. */
async function fetchInside(url: string, options: object = {}): Promise<{ status: number; body: string }> {
  const script = `fetch(${JSON.stringify(url)}, ${JSON.stringify(options)})
    .then(async (r) => console.log(JSON.stringify({ status: r.status, body: await r.text() })))`;
  const { stdout, output, code } = await run("docker", ["exec", receiver, "node", "-e", script]);
  if (code !== 0) throw new Error(output);
  return JSON.parse(stdout);
}

async function received(wh = "127.0.0.1"): Promise<{ notifications: Notification[]; refused: number }> {
  return JSON.parse((await fetchInside(`http://${wh}:8090/notifications`)).body);
}

/** The first notification with an alert of these labels and this status; gives up with what came instead. */
async function waitFor(status: string, labels: Record<string, string>, seconds = 40) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const { notifications } = await received();
    for (const { receiver, alerts } of notifications) {
      const alert = alerts.find(
        (one) => one.status === status && Object.entries(labels).every(([name, value]) => one.labels[name] === value),
      );
      if (alert) return { receiver, ...alert };
    }
    if (Date.now() > deadline)
      throw new Error(`no such alert within ${seconds} s, but ${JSON.stringify(notifications)}`);
    await sleep(300);
  }
}

const authorization = (user: string, password: string) => ({
  headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` },
});

async function query(promql: string): Promise<{ metric: Record<string, string>; value: [number, string] }[]> {
  const url = `http://prometheus:9090/api/v1/query?query=${encodeURIComponent(promql)}`;
  const { status, body } = await fetchInside(url, authorization("wh", "wh-test-password"));
  expect(status, body).toBe(200);
  return JSON.parse(body).data.result;
}

/** The copy, which knows the services of the fleet that runs here. */
const SCALETEST = () => path.join(scratch.folder, "stack-prometheus", "scaletest.sh");
const scaletest = (...args: string[]) => run(SCALETEST(), args, env);

describe("the stack", () => {
  test("answers nobody without a password", async () => {
    expect((await fetchInside("http://prometheus:9090/api/v1/query?query=up")).status).toBe(401);
    const wrong = authorization("wh", "wrong");
    expect((await fetchInside("http://prometheus:9090/api/v1/query?query=up", wrong)).status).toBe(401);
  });

  test("lets nobody with a worker's password stop it", async () => {
    const worker = authorization("worker", "worker-test-password");
    const stop = { ...worker, method: "POST" };
    expect((await fetchInside("http://prometheus:9090/-/quit", stop)).status).toBe(403);
  });

  test("runs with the flags of the contract and of fleet.yaml", async () => {
    const { body } = await fetchInside(
      "http://prometheus:9090/api/v1/status/flags",
      authorization("wh", "wh-test-password"),
    );
    expect(JSON.parse(body).data).toMatchObject({
      "query.lookback-delta": "15s",
      "storage.tsdb.retention.time": "1w",
      "web.enable-remote-write-receiver": "true",
      "web.enable-lifecycle": "false",
    });
  });

  test("scrapes itself, Alertmanager and both wh", async () => {
    const up = async () => (await query('up{job!="worker"} == 1')).map(({ metric }) => metric.job).sort();
    await expect.poll(up, { timeout: 60_000, interval: 500 }).toEqual(["alertmanager", "prometheus", "wh", "wh"]);
  });

  test("shows no container another's secrets, and no secret to the world", async () => {
    const alertmanager = await compose("exec", "-T", "alertmanager", "ls", "/run/secrets");
    expect(alertmanager.stdout.trim().split("\n").sort()).toEqual([
      "alerts_token",
      "slack_webhook_url",
      "telegram_token",
      "webhook_secret",
    ]);
    const token = `${scratch.folder}/secrets/api_token:/token:ro`;
    const nobody = ["run", "--rm", "--network", "none", "--user", "65534:65534", "-v", token, "--entrypoint", "sh"];
    const read = "cat /token 2>/dev/null || echo refused";
    const others = await docker(...nobody, image("ALERTMANAGER_IMAGE"), "-c", read);
    expect(others).toBe("refused");
  });

  test("says so when a secret is missing, and starts nothing without it", async () => {
    env = { ...env, GRAFANA_IMAGE: image("PROMETHEUS_IMAGE") };
    const started = await compose("create", "--pull", "never", "grafana");
    expect(started.code).not.toBe(0);
    expect(started.output).toMatch(/grafana_password/);
  });

  test("a rule fires on remote-written samples, with the labels of the contract and no number in them", async () => {
    await fetchInside("http://127.0.0.1:8090/rate", { method: "PUT", body: "200" });
    const alert = await waitFor("firing", { alertname: "HighRequestRate", worker: WORKER });
    expect(alert.receiver).toBe("wh");
    expect(alert.labels).toEqual({
      alertname: "HighRequestRate",
      scale: "containers",
      direction: "up",
      service: "service-a",
      worker: WORKER,
    });
    expect(alert.annotations.summary).toMatch(/service-a on i-0123456789abcdef0: \d+\.\d req\/s per replica/);
    const [rate] = await query("fleet:requests:rate");
    expect(rate?.metric).toMatchObject({ service: "service-a", worker: WORKER });
  });

  test("and the standby hears of it too, under the same token", async () => {
    const heard = async () => {
      const { notifications, refused } = await received("wh-standby");
      expect(refused).toBe(0);
      return notifications.flatMap(({ alerts }) => alerts.map(({ labels }) => labels.alertname));
    };
    await expect.poll(heard, { timeout: 60_000, interval: 300 }).toContain("HighRequestRate");
  });

  test("and is resolved soon after the worker is gone", async () => {
    await compose("kill", "agent");
    const alert = await waitFor("resolved", { alertname: "HighRequestRate", worker: WORKER });
    expect(alert.labels.direction).toBe("up");
  });
});

const oneReplica = ["--service", "service-a", "--worker", WORKER];

describe("scaletest.sh", () => {
  test.concurrent.each([
    {
      alertname: "HighRequestRate",
      target: oneReplica,
      options: [],
      expected: { scale: "containers", direction: "up", service: "service-a", worker: WORKER },
    },
    {
      alertname: "LowRequestRate",
      target: ["--service", "service-a"],
      options: [],
      expected: { scale: "containers", direction: "down", service: "service-a" },
    },
    { alertname: "HighCPU", target: [], options: ["--for", "2m"], expected: { scale: "instances", direction: "up" } },
    {
      alertname: "LowCPU",
      target: [],
      options: ["--direction", "down"],
      expected: { scale: "instances", direction: "down" },
    },
  ])("$alertname arrives as a test, until --end", async ({ alertname, target, options, expected }) => {
    const sent = await scaletest(alertname, ...target, ...options);
    expect(sent.code, sent.output).toBe(0);
    const labels = { alertname, fleet_test: "true", ...expected };
    expect((await waitFor("firing", labels)).labels).toEqual(labels);

    const ended = await scaletest(alertname, ...target, "--end");
    expect(ended.code, ended.output).toBe(0);
    expect((await waitFor("resolved", labels)).labels).toEqual(labels);
  });

  test.concurrent("an alert ends by itself", async () => {
    expect((await scaletest("LowRequestRate", "--worker", WORKER, "--for", "20s")).code).toBe(0);
    await waitFor("resolved", { alertname: "LowRequestRate", worker: WORKER, fleet_test: "true" });
  });

  test.concurrent("has nothing to end where nothing was sent", async () => {
    const { code, output } = await scaletest("HighRequestRate", "--service", "never-sent", "--end");
    expect([code, output]).toEqual([1, expect.stringMatching(/nothing to end/)]);
  });

  test.concurrent("sends nothing about a worker that Prometheus never heard of", async () => {
    const { code, output } = await scaletest("HighRequestRate", "--worker", "i-0");
    expect([code, output]).toEqual([2, expect.stringContaining(`no worker 'i-0'. It has: ${WORKER}`)]);
  });

  test.concurrent("says so when no Alertmanager runs", async () => {
    const { code, output } = await run(SCALETEST(), ["HighCPU"], {
      COMPOSE_PROJECT_NAME: "fleet-test-no-such",
    });
    expect([code, output]).toEqual([2, expect.stringMatching(/no Alertmanager runs as .*fleet-test-no-such/)]);
  });

  test("the receiver refused none of it: the token is right", async () => {
    expect((await received()).refused).toBe(0);
  });
});
