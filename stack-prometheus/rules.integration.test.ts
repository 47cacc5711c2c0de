import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseFleetConfig } from "@compose-fleet/fleet";
import { renderStackPrometheus } from "@compose-fleet/render";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { image, STACK, scratchFolder, toolbox } from "./test/docker.ts";
import { MISTAKES } from "./test/mistakes.ts";

type Toolbox = Awaited<ReturnType<typeof toolbox>>;

const read = (...parts: string[]) => readFileSync(path.join(STACK, ...parts), "utf8");
const scaling = read("rules", "scaling.yml");
const people = read("rules", "people.yml");
const ruleTests = Object.fromEntries(
  readdirSync(path.join(STACK, "test", "rules")).map((name) => [`test/rules/${name}`, read("test", "rules", name)]),
);

/** The demo's timings, every channel, an EC2 elsewhere, an odd network: everything that rendering can make different. */
function variant(): Record<string, string> {
  const demo = parse(read("..", "fleet.demo.yaml"));
  const fleet = parseFleetConfig({
    ...demo,
    network: { cidr: "10.1.16.0/20" },
    notify: { telegram: { chatId: -100123 }, slack: {}, webhook: { url: "https://ops.example.com/fleet" } },
  });
  if (!fleet.ok) throw new Error(JSON.stringify(fleet.faults));
  const options = { ec2Endpoint: "http://aws:4566", telegramApiUrl: "http://telegram:8081" };
  return Object.fromEntries(renderStackPrometheus(fleet.config, options).map(({ path, content }) => [path, content]));
}

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let prometheus: Toolbox;
let alertmanager: Toolbox;

beforeAll(async () => {
  const mistaken = MISTAKES.flatMap(({ file, make }, index) => [
    [`mistake-${index}/rules/scaling.yml`, file === "scaling" ? make(scaling) : scaling],
    [`mistake-${index}/rules/people.yml`, file === "people" ? make(people) : people],
    ...Object.entries(ruleTests).map(([name, text]) => [`mistake-${index}/${name}`, text]),
  ]);
  scratch = await scratchFolder({
    ...Object.fromEntries(mistaken),
    ...variant(),
    "secrets/telegram_token": "not-a-secret",
    "secrets/slack_webhook_url": "http://slack.invalid/not-a-secret",
    "secrets/webhook_secret": "not-a-secret",
    "secrets/prometheus_password": "not-a-secret",
    "secrets/alerts_token": "not-a-secret",
    "broken/rules.yml": "groups: [{ name: x, rules: [{ alert: X, expr: 'sum(' }] }]\n",
    "broken/alertmanager.yml": "route: { receiver: nobody }\n",
  });
  const mounts = [`${scratch.folder}/secrets:/run/secrets:ro`, `${scratch.folder}:/scratch:ro`, `${STACK}:/stack:ro`];
  [prometheus, alertmanager] = await Promise.all([
    toolbox(image("PROMETHEUS_IMAGE"), [...mounts, `${STACK}/rules:/etc/prometheus/rules:ro`]),
    toolbox(image("ALERTMANAGER_IMAGE"), mounts),
  ]);
});

afterAll(async () => {
  await Promise.all([prometheus?.remove(), alertmanager?.remove()]);
  await scratch?.remove();
});

describe("Prometheus", () => {
  test.each(["/stack", "/scratch/stack-prometheus"])("accepts the configuration rendered to %s", async (folder) => {
    const { code, output } = await prometheus.exec(
      "/bin/promtool",
      "check",
      "config",
      `${folder}/rendered/prometheus.yml`,
    );
    expect(code, output).toBe(0);
    expect(output).toMatch(/scaling\.yml[\s\S]*SUCCESS/);
  });

  test("has nothing to say about the rules", async () => {
    const rules = ["scaling", "people"].map((name) => `/stack/rules/${name}.yml`);
    const { code, output } = await prometheus.exec(
      "/bin/promtool",
      "check",
      "rules",
      "--lint=all",
      "--lint-fatal",
      ...rules,
    );
    expect(code, output).toBe(0);
  });

  test.each(Object.keys(ruleTests))("the rules pass %s", async (name) => {
    const { code, output } = await prometheus.exec("/bin/promtool", "test", "rules", `/stack/${name}`);
    expect(code, output).toBe(0);
  });

  const mistakes = MISTAKES.map((mistake, index) => ({ ...mistake, index }));
  test.each(mistakes)("the rule tests fail when $name", async ({ file, make, noticedBy, index }) => {
    expect(make(file === "scaling" ? scaling : people), "the mistake is not in the file").not.toBe(
      file === "scaling" ? scaling : people,
    );
    const tests = `/scratch/mistake-${index}/test/rules/${file}.test.yml`;
    const mistaken = await prometheus.exec("/bin/promtool", "test", "rules", `--run=${noticedBy}`, tests);
    expect(mistaken.code, mistaken.output).toBe(1);
    expect(mistaken.output).toMatch(/FAILED/);
  });

  test("a rule that is no PromQL fails the check", async () => {
    const { code } = await prometheus.exec("/bin/promtool", "check", "rules", "/scratch/broken/rules.yml");
    expect(code).not.toBe(0);
  });
});

test("every alert has a test in which it fires, and a test in which it does not", () => {
  const alerts = new Set([...`${scaling}${people}`.matchAll(/- alert: (\w+)/g)].map((match) => match[1]));
  const tests = Object.values(ruleTests).join("\n");
  const tested = (alert: string, rest: string) =>
    new RegExp(`alertname: ${alert}[,\\s]+exp_alerts:${rest}`).test(tests);
  for (const alert of alerts) {
    expect([alert, tested(`${alert}`, " \\[\\]")]).toEqual([alert, true]);
    expect([alert, tested(`${alert}`, "(?! \\[\\])")]).toEqual([alert, true]);
  }
  expect(alerts.size).toBe(18);
});

test("no file of rules goes untested", () => {
  expect(readdirSync(path.join(STACK, "rules")).sort()).toEqual(["people.yml", "scaling.yml"]);
});

describe("Alertmanager", () => {
  const config = "/stack/rendered/alertmanager.yml";

  test.each(["/stack", "/scratch/stack-prometheus"])("accepts the configuration rendered to %s", async (folder) => {
    const { code, output } = await alertmanager.exec(
      "/bin/amtool",
      "check-config",
      `${folder}/rendered/alertmanager.yml`,
    );
    expect(code, output).toBe(0);
  });

  test("refuses a route to nowhere", async () => {
    const { code } = await alertmanager.exec("/bin/amtool", "check-config", "/scratch/broken/alertmanager.yml");
    expect(code).not.toBe(0);
  });

  const route = (receiver: string, labels: readonly string[]) =>
    alertmanager.exec(
      "/bin/amtool",
      "config",
      "routes",
      "test",
      `--config.file=${config}`,
      `--verify.receivers=${receiver}`,
      ...labels,
    );

  test.each([
    ["what scales containers goes to wh", "wh", ["alertname=HighRequestRate", "scale=containers", "direction=up"]],
    ["what scales instances goes to wh", "wh", ["alertname=LowCPU", "scale=instances", "direction=down"]],
    ["a test alert goes to wh", "wh", ["alertname=HighCPU", "scale=instances", "direction=up", "fleet_test=true"]],
    [
      "what scales goes to wh only, also with a severity",
      "wh",
      ["alertname=HighCPU", "scale=instances", "severity=warning"],
    ],
    ["a critical alert goes to people", "people", ["alertname=InstanceDown", "severity=critical"]],
    ["a warning goes to people", "people", ["alertname=FleetAtMax", "severity=warning"]],
    ["an alert for nobody goes to nobody", "nobody", ["alertname=Unknown"]],
  ])("%s", async (_rule, receiver, labels) => {
    const { code, output } = await route(receiver, labels);
    expect(code, output).toBe(0);
  });

  test("the check of a route can fail", async () => {
    expect((await route("people", ["alertname=HighCPU", "scale=instances"])).code).toBe(1);
  });
});
