import { randomUUID } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { parseFleetConfig } from "@compose-fleet/policy";
import type { Clock } from "../clock.ts";
import { createEmulatedCloud, zoneNames } from "../cloud/emulated-cloud.ts";
import { createInstanceStore } from "../cloud/instance-store.ts";
import { createWorkerGroup, type Machine } from "../cloud/worker-group.ts";
import { newInstanceId } from "../ids.ts";
import { createExecaRunner } from "../machine/execa-runner.ts";
import { parseDocument } from "./ssm/document.ts";
import { createParameterStore } from "./ssm/parameters.ts";

const DOCUMENT = {
  schemaVersion: "2.2",
  parameters: {
    service: { type: "String", allowedPattern: "^[a-z]+$" },
    seconds: { type: "String", default: "0", allowedPattern: "^[0-9.]+$" },
  },
  mainSteps: [
    {
      action: "aws:runShellScript",
      name: "say",
      inputs: {
        timeoutSeconds: "1",
        runCommand: ["sleep '{{ seconds }}'", "echo 'service {{ service }}'", "[ '{{service}}' != bad ]"],
      },
    },
  ],
};

/** An emulated AWS on a loopback port, with instances that exist on paper only; scripts really run. */
export async function startFront(clock: Clock) {
  const parsed = parseFleetConfig({
    name: "contract",
    environment: "test",
    workers: { min: 1, max: 3 },
    services: { web: { path: "/", port: 80, memory: "32m", capacity: { requestsPerSecond: 10 } } },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const config = parsed.config;
  const accessKeyId = "AKIALOCALTEST";
  const instances = createInstanceStore(clock.now);
  let launches = 0;
  /** A machine that is launched at once and shuts down when told. */
  const machine: Machine = {
    launch: async (id, zone) => {
      launches += 1;
      instances.add({
        id,
        zone,
        address: `172.16.0.${15 + launches}`,
        instanceType: "t3.small",
        state: "running",
        launchedAtMs: clock.now(),
        tags: { worker: "true", fleet: "contract", environment: "test" },
        managed: true,
      });
    },
    terminate: async (id, onShutdown) => {
      await clock.sleep(50);
      onShutdown();
      instances.update(id, { state: "terminated", managed: false, terminatedAtMs: clock.now() });
    },
  };
  const workers = createWorkerGroup(
    { name: "fleet-contract-test-workers", min: 1, max: 3, desired: 1, zones: zoneNames(config) },
    {
      machine,
      clock,
      newId: (kind) => (kind === "instance" ? newInstanceId() : randomUUID()),
      onProblem: () => undefined,
    },
  );
  // biome-ignore lint/style/noProcessEnv: scripts need a PATH to run
  const runner = createExecaRunner({ PATH: process.env.PATH ?? "" });
  const server: Server = await createEmulatedCloud({
    config,
    clock,
    instances,
    workers,
    scripts: {
      run: (_id, script) =>
        runner.run({ file: "bash", args: ["-c", script.text], timeoutMs: script.timeoutSeconds * 1000 }),
    },
    settings: {
      accessKeyId,
      consistencyDelayMs: 200,
      documents: new Map([["fleet-scale", parseDocument("fleet-scale", JSON.stringify(DOCUMENT), clock.now())]]),
      parameters: createParameterStore(clock.now),
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    accessKeyId,
    instances,
    workers,
    /** Ends the server and its connections. */
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

export type FrontUnderTest = Awaited<ReturnType<typeof startFront>>;
