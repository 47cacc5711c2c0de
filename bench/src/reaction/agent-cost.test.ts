import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { agentCost, meanCost } from "./agent-cost.ts";

const nothing = async () => {};
let end: () => Promise<void> = nothing;
afterEach(async () => {
  await end();
  end = nothing;
});

/** A Prometheus that knows these slopes by the start of the question, and wants the password. */
async function prometheus(slopes: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(join(tmpdir(), "agent-cost-"));
  await writeFile(join(folder, "password"), "secret\n");
  const server: Server = createServer((incoming, response) => {
    if (incoming.headers.authorization !== `Basic ${Buffer.from("wh:secret").toString("base64")}`)
      return response.writeHead(401).end("who are you");
    const query = new URL(incoming.url ?? "", "http://x").searchParams.get("query") ?? "";
    const found = Object.entries(slopes).find(([start]) => query.startsWith(start))?.[1];
    const result = found === undefined ? [] : [{ metric: {}, value: [1, found] }];
    return response.end(JSON.stringify({ status: "success", data: { resultType: "vector", result } }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  end = async () => {
    server.close();
    await rm(folder, { recursive: true });
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoints: {
      ...{ balancer: "", balancerProxy: "", aws: "", wh: "", whStandby: "", alertmanager: "", grafana: "" },
      prometheus: url,
    },
    secretFiles: { apiToken: "", alertsToken: "", prometheusPassword: join(folder, "password") },
  };
}

test("the cost is the slope of the agent's own counters", async () => {
  const fleet = await prometheus({
    'deriv(process_cpu_seconds_total{job="worker",worker="i-1"}[60s])': "0.01234",
    'deriv(prometheus_remote_storage_bytes_total{job="worker",worker="i-1"}[60s])': "2048.4",
  });
  expect(await agentCost(fleet, "i-1")).toEqual({ cpuMsPerSecond: 12.3, remoteWriteBytesPerSecond: 2048 });
});

test("no samples are no cost of nothing", async () => {
  await expect(agentCost(await prometheus({}), "i-1")).rejects.toThrow("has no process_cpu_seconds_total of i-1");
});

test("the mean of the readings, and none without readings", () => {
  const costs = [
    { cpuMsPerSecond: 10, remoteWriteBytesPerSecond: 1000 },
    { cpuMsPerSecond: 13, remoteWriteBytesPerSecond: 2001 },
  ];
  expect(meanCost(costs)).toEqual({ cpuMsPerSecond: 11.5, remoteWriteBytesPerSecond: 1501 });
  expect(meanCost([])).toBeNull();
});
