import { readFileSync } from "node:fs";
import path from "node:path";
import { loadFleetFile } from "@compose-fleet/files";
import { fleetNames, lifecycleHooks, machineKinds } from "@compose-fleet/fleet";
import { createFakeAws } from "@compose-fleet/release-aws/fake-aws";
import { beforeAll, describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { FleetStack } from "../infra/src/stacks/fleet-stack.ts";
import { type Block, type Synthesized, synthStack } from "../infra/src/testing/synth.ts";
import { parseLocalFleetOptions } from "../local-fleet/src/control/options.ts";
import { createSsmDrain } from "../wh/src/aws/ssm-drain.ts";
import { createSsmReplicas } from "../wh/src/aws/ssm-replicas.ts";
import { createDynamoState } from "../wh/src/store/dynamo-state.ts";
import { createFakeClock } from "../wh/src/test-support/fake-clock.ts";

// What infra builds, the stacks answer, wh calls and the local fleet emulates has to be the same thing.

const root = path.resolve(import.meta.dirname, "..");
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");
const config = await loadFleetFile(path.join(root, "fleet.yaml"));
const names = fleetNames(config);
let stack: Synthesized;
beforeAll(() => {
  stack = synthStack((app) => new FleetStack(app, config));
});

const tagsOfWorkers = (): Record<string, unknown> =>
  Object.fromEntries((stack.one("aws_autoscaling_group").tag as Block[]).map(({ key, value }) => [String(key), value]));

/** Ports that something inside the VPC may connect to, by security group. */
function innerPorts(kind: "workers" | "monitoring"): number[] {
  return Object.values(stack.all("aws_vpc_security_group_ingress_rule"))
    .filter((rule) => String(rule.security_group_id).includes(`_${kind}_`))
    .map(({ from_port }) => Number(from_port))
    .sort((a, b) => a - b);
}

describe("ports", () => {
  test("a worker's open ports are those that its nginx publishes", () => {
    const { ports } = parse(read("stack-worker/compose.yml")).services.nginx;
    const published = ports
      .filter((port: string) => !port.startsWith("127.0.0.1:"))
      .map((port: string) => Number(port.split(":")[0]));
    // Where there is no certificate, nothing comes by TLS.
    const opened = [...innerPorts("workers"), ...(config.tls ? [] : [8443])];
    expect(published.sort((a: number, b: number) => a - b)).toEqual(opened.sort((a, b) => a - b));
  });
  test("monitoring's open port is the one that agents write to", () => {
    const [{ url }] = parse(read("stack-worker/rendered/agent/agent.yml")).remote_write;
    expect(innerPorts("monitoring")).toEqual([Number(new URL(url).port)]);
  });
  test("everything else on monitoring is published on its loopback only, whatever the group allows", () => {
    const { services } = parse(read("stack-prometheus/compose.yml"), { merge: true });
    for (const name of ["alertmanager", "wh", "wh-standby", "grafana"])
      expect(services[name].ports[0]).toMatch(/^\$\{BIND_ADDRESS:-127\.0\.0\.1\}:/);
  });
  test("Prometheus scrapes the port that its group may reach", () => {
    const [job] = parse(read("stack-prometheus/rendered/prometheus.yml")).scrape_configs;
    expect(innerPorts("workers")).toContain(job.ec2_sd_configs[0].port);
  });
});

describe("the load balancer", () => {
  test("asks for the page by which nginx says that it drains", () => {
    const { path: page } = stack.one("aws_lb_target_group").health_check as Block;
    expect(read("stack-worker/nginx/traffic.conf")).toContain(`location = ${page} {`);
  });
  test("judges as the emulated one does", () => {
    const { health } = parseLocalFleetOptions({
      name: "any",
      fleetFile: "/fleet.yaml",
      stackWorkerDir: "/a",
      stackPrometheusDir: "/b",
      stateDir: "/c",
      images: { NGINX_IMAGE: "nginx" },
    });
    expect(stack.one("aws_lb_target_group").health_check).toMatchObject({
      interval: health.intervalSeconds,
      healthy_threshold: health.healthyThreshold,
      unhealthy_threshold: health.unhealthyThreshold,
    });
  });
});

describe("workers", () => {
  test("carry the tags that Prometheus looks for", () => {
    const [{ ec2_sd_configs: discovery }] = parse(read("stack-prometheus/rendered/prometheus.yml")).scrape_configs;
    for (const { name, values } of discovery[0].filters as { name: string; values: string[] }[])
      if (name.startsWith("tag:")) expect(tagsOfWorkers()[name.slice(4)]).toBe(values[0]);
  });
  test("are in the group, and held by the hook, that wh acts on", () => {
    expect(stack.one("aws_autoscaling_group").name).toBe(names.group);
    const hooks = Object.values(stack.all("aws_autoscaling_lifecycle_hook")).map(({ name }) => name);
    expect(hooks).toContain(lifecycleHooks(config).terminating.name);
  });
  test("find monitoring by the name that they write to", () => {
    const [{ url }] = parse(read("stack-worker/rendered/agent/agent.yml")).remote_write;
    expect(stack.one("aws_route53_record").name).toBe(new URL(url).hostname);
  });
});

describe("commands", () => {
  const aws = createFakeAws({
    SendCommand: { Command: { CommandId: "c-1" } },
    GetCommandInvocation: { Status: "Success" },
  });
  const clock = createFakeClock();
  const deps = { client: aws.client, clock };
  const sent = async (command: Promise<unknown>): Promise<Record<string, unknown>> => {
    await clock.advance(2000);
    await command;
    return aws.calls.findLast(({ name }) => name === "SendCommand")?.input ?? {};
  };
  test.each([
    [
      "scales containers",
      () =>
        createSsmReplicas({ ...deps, document: names.scaleDocument }).setReplicas({
          worker: "i-1",
          service: "service-a",
          replicas: 2,
          fence: 1,
        }),
    ],
    [
      "drains a worker",
      () =>
        createSsmDrain({ ...deps, document: names.drainDocument }).setDraining({
          worker: "i-1",
          draining: true,
          fence: 1,
        }),
    ],
  ])("what wh sends is what the document takes: %s", async (_rule, send) => {
    const { DocumentName, Parameters } = await sent(send());
    const document = Object.values(stack.all("aws_ssm_document")).find(({ name }) => name === DocumentName);
    const { parameters } = JSON.parse(String(document?.content).replaceAll("$${", "${"));
    expect(Object.keys(parameters).sort()).toEqual(Object.keys(Parameters as object).sort());
    for (const [name, [value]] of Object.entries(Parameters as Record<string, [string]>)) {
      const { allowedPattern, allowedValues } = parameters[name];
      if (allowedPattern) expect(value).toMatch(new RegExp(allowedPattern));
      else expect(allowedValues).toContain(value);
    }
  });
});

test("the table has the keys and the expiry that wh writes, under its name", async () => {
  const aws = createFakeAws({ Put: {} });
  const state = createDynamoState(aws.client, names.table, () => {});
  await state.claim({ id: "a-1", target: "workers", fence: 1, atMs: 0, what: "" } as never);
  const table = stack.one("aws_dynamodb_table");
  expect(aws.calls[0]?.input.TableName).toBe(table.name);
  const item = Object.keys(aws.calls[0]?.input.Item as object);
  expect(item).toEqual(expect.arrayContaining([table.hash_key, table.range_key, (table.ttl as Block).attribute_name]));
});

describe("releases", () => {
  test("go to the application and the groups that fleet release names", () => {
    expect(stack.one("aws_codedeploy_app").name).toBe(names.releaseApplication);
    const groups = Object.values(stack.all("aws_codedeploy_deployment_group"));
    expect(groups.map((group) => group.deployment_group_name).sort()).toEqual([...machineKinds].sort());
  });
});

test("rendered files are whole documents, so that the above has read all of them", () => {
  for (const file of ["stack-worker/rendered/agent/agent.yml", "stack-prometheus/rendered/prometheus.yml"])
    expect(parseAllDocuments(read(file))).toHaveLength(1);
});
