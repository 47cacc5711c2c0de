import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { dockerClient } from "./docker-client.mjs";
import { createExporter, type Exporter, type ExporterDeps } from "./exporter.mjs";

interface FakeContainer {
  readonly service: string;
  readonly status: string;
  readonly oneoff?: boolean;
  readonly named?: boolean;
  /** Of its HostConfig. */
  readonly limits?: object;
  job?: string;
}

/** A Docker engine behind a unix socket that knows the three questions of the exporter. */
class FakeEngine {
  containers: FakeContainer[] = [];
  private failing = false;
  statsRequests = 0;
  inspectRequests = 0;
  readonly listQueries: string[] = [];
  fail(): void {
    this.failing = true;
  }
  readonly server: Server = createServer((req, res) => {
    const url = new URL(req.url ?? "", "http://engine");
    if (this.failing) return res.writeHead(500).end("{}");
    if (url.pathname === "/v1.41/containers/json") {
      this.listQueries.push(url.searchParams.get("filters") ?? "");
      return res.end(JSON.stringify(this.containers.map((container, i) => listed(container, i))));
    }
    const inspected = /^\/v1\.41\/containers\/id(\d+)\/json$/.exec(url.pathname)?.[1];
    if (inspected !== undefined) {
      this.inspectRequests += 1;
      return res.end(JSON.stringify({ HostConfig: this.containers[Number(inspected)]?.limits ?? {} }));
    }
    this.statsRequests += 1;
    const id = /^\/v1\.41\/containers\/id(\d+)\/stats$/.exec(url.pathname)?.[1];
    if (id === undefined || url.searchParams.get("one-shot") !== "true") return res.writeHead(404).end("{}");
    res.end(
      JSON.stringify({
        memory_stats: { usage: 50_000_000, limit: 201_326_592, stats: { total_inactive_file: 10_000_000 } },
        cpu_stats: { cpu_usage: { total_usage: 2_500_000_000 } },
      }),
    );
  });
}

function listed({ service, status, oneoff = false, named = true, job }: FakeContainer, i: number): object {
  const labels = {
    "com.docker.compose.service": service,
    "com.docker.compose.oneoff": oneoff ? "True" : "False",
    ...(job === undefined ? {} : { "fleet.job": job }),
  };
  return { Id: `id${i}`, Names: named ? [`/demo-${service}-${i}`] : null, Status: status, Labels: labels };
}

let folder: string;
let engine: FakeEngine;
let nowMs: number;

function exporter(overrides: Partial<ExporterDeps> = {}): Exporter {
  const docker = dockerClient(join(folder, "docker.sock"));
  return createExporter({
    docker,
    project: "demo",
    services: async () => ["web", "shop"],
    isDraining: async () => false,
    cpuLimitCores: undefined,
    nowMs: () => nowMs,
    ...overrides,
  });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "engine-"));
  engine = new FakeEngine();
  nowMs = 0;
  await new Promise<void>((resolve) => engine.server.listen(join(folder, "docker.sock"), resolve));
});
afterEach(async () => {
  engine.server.close();
  engine.server.closeAllConnections();
  await rm(folder, { recursive: true });
});

describe("fleet_replicas_ready", () => {
  test.each([
    ["running without a health check counts", ["Up 3 seconds"], 1],
    ["healthy counts", ["Up 3 seconds (healthy)"], 1],
    ["unhealthy does not count", ["Up 3 seconds (unhealthy)"], 0],
    ["starting does not count yet", ["Up 3 seconds (health: starting)"], 0],
    ["paused does not count", ["Up 3 seconds (Paused)"], 0],
    ["several are added up", ["Up 3 seconds", "Up 1 minute (healthy)", "Up 2 hours (unhealthy)"], 2],
  ])("%s", async (_rule, statuses, expected) => {
    engine.containers = statuses.map((status) => ({ service: "web", status }));
    const { status, text } = await exporter().scrape();
    expect(status).toBe(200);
    expect(text).toContain(`fleet_replicas_ready{service="web"} ${expected}\n`);
  });

  test("a service without any counts 0, parts of the worker are not services", async () => {
    engine.containers = [{ service: "nginx", status: "Up 3 seconds" }];
    const { text } = await exporter().scrape();
    expect(text).toContain('fleet_replicas_ready{service="shop"} 0\n');
    expect(text).not.toContain('fleet_replicas_ready{service="nginx"}');
  });

  test("a one-off run of a service is not a replica", async () => {
    engine.containers = [{ service: "web", status: "Up 3 seconds", oneoff: true }];
    expect((await exporter().scrape()).text).toContain('fleet_replicas_ready{service="web"} 0\n');
  });

  test("only running containers of the own project are asked for", async () => {
    await exporter().scrape();
    expect(JSON.parse(engine.listQueries[0] ?? "")).toEqual({
      label: ["com.docker.compose.project=demo"],
      status: ["running", "paused"],
    });
  });
});

test("jobs that run are counted, and are no replicas; a container on trial is neither", async () => {
  engine.containers = [
    { service: "web", status: "Up 3 seconds", oneoff: true, job: "nightly" },
    { service: "web", status: "Up 3 seconds", oneoff: true },
  ];
  const { text } = await exporter().scrape();
  expect(text).toContain("fleet_jobs_running 1\n");
  expect(text).toContain('fleet_replicas_ready{service="web"} 0\n');
});

describe("fleet_worker_draining", () => {
  test.each([
    [false, 0],
    [true, 1],
  ])("%s is %i", async (draining, value) => {
    const { text } = await exporter({ isDraining: async () => draining }).scrape();
    expect(text).toContain(`fleet_worker_draining ${value}\n`);
  });

  test("a flag that cannot be looked for is no answer at all", async () => {
    const { status, text } = await exporter({ isDraining: () => Promise.reject(new Error("no folder")) }).scrape();
    expect(status).toBe(503);
    expect(text).not.toContain("fleet_worker_draining");
  });
});

describe("memory and CPU", () => {
  test("are read beside the scrape and shown by the next one", async () => {
    engine.containers = [{ service: "web", status: "Up" }];
    const { scrape } = exporter();
    await scrape();
    await expect.poll(async () => (await scrape()).text).toContain("container_memory");
    const { text } = await scrape();
    const labels = '{service="web",container="demo-web-0"}';
    expect(text).toContain(`container_memory_working_set_bytes${labels} 40000000\n`);
    expect(text).toContain(`container_spec_memory_limit_bytes${labels} 201326592\n`);
    expect(text).toContain(`container_cpu_usage_seconds_total${labels} 2.5\n`);
  });

  test("are read every 10 s at most, whatever the scrape interval", async () => {
    engine.containers = [{ service: "web", status: "Up" }];
    const { scrape } = exporter();
    for (nowMs = 0; nowMs < 20_000; nowMs += 1000) await scrape();
    await expect.poll(() => engine.statsRequests).toBe(2);
  });

  test("of a container without a name are shown by its id", async () => {
    engine.containers = [{ service: "web", status: "Up 3 seconds", named: false }];
    const one = exporter();
    await one.scrape();
    await expect.poll(async () => (await one.scrape()).text).toContain('container="id0"');
  });

  test("of a container that is gone are not shown", async () => {
    engine.containers = [{ service: "web", status: "Up" }];
    const { scrape } = exporter();
    await scrape();
    await expect.poll(async () => (await scrape()).text).toContain("demo-web-0");
    engine.containers = [];
    expect((await scrape()).text).not.toContain("demo-web-0");
  });
});

test("the CPU limit is shown only where there is one", async () => {
  expect((await exporter({ cpuLimitCores: 1.5 }).scrape()).text).toContain("fleet_worker_cpu_limit_cores 1.5\n");
  expect((await exporter().scrape()).text).not.toContain("fleet_worker_cpu_limit_cores");
});

test.each([
  ["Docker answers an error", () => engine.fail(), {}],
  ["Docker is not there", () => {}, { docker: dockerClient("/nonexistent/docker.sock") }],
  ["the list of services cannot be read", () => {}, { services: () => Promise.reject(new Error("ENOENT")) }],
])("503 and no number when %s", async (_rule, arrange, overrides) => {
  arrange();
  const { status, text } = await exporter(overrides).scrape();
  expect(status).toBe(503);
  expect(text).not.toContain("fleet_replicas_ready");
});

describe("container_spec_cpu_limit_cores", () => {
  test.each([
    ["cpus", { NanoCpus: 250_000_000 }, undefined, 0.25],
    ["a quota", { CpuQuota: 150_000, CpuPeriod: 100_000 }, undefined, 1.5],
    ["a quota of the usual period", { CpuQuota: 50_000 }, undefined, 0.5],
    ["no limit: one core", { NanoCpus: 0, CpuQuota: 0 }, undefined, 1],
    ["no limit on a worker with less than a core", {}, 0.5, 0.5],
  ])("by %s", async (_rule, limits, cpuLimitCores, expected) => {
    engine.containers = [
      { service: "web", status: "Up 3 minutes", limits },
      { service: "nginx", status: "Up 3 minutes" },
    ];
    const metrics = exporter({ cpuLimitCores });
    const read = async (pattern: RegExp) =>
      vi.waitFor(async () => expect((await metrics.scrape()).text).toMatch(pattern), { timeout: 5000, interval: 10 });
    await read(new RegExp(`container_spec_cpu_limit_cores\\{service="web",container="demo-web-0"\\} ${expected}\n`));
    expect((await metrics.scrape()).text).not.toContain('container_spec_cpu_limit_cores{service="nginx"');
    nowMs += 10_000;
    await metrics.scrape();
    await vi.waitFor(() => expect(engine.statsRequests).toBe(4), { timeout: 5000, interval: 10 });
    // What a container was made with it keeps.
    expect(engine.inspectRequests).toBe(1);
  });
});

test("a replica that finishes its work is leaving and not ready, however healthy it is", async () => {
  engine.containers = [
    { service: "web", status: "Up 3 minutes (healthy)" },
    { service: "web", status: "Up 3 minutes (unhealthy)" },
    { service: "web", status: "Up 3 minutes" },
  ];
  const { text } = await exporter({ leavingIds: async () => new Set(["id0", "id1"]) }).scrape();
  expect(text).toContain('fleet_replicas_ready{service="web"} 1\n');
  expect(text).toContain('fleet_replicas_leaving{service="web"} 2\n');
  expect(text).toContain('fleet_replicas_leaving{service="shop"} 0\n');
});
