import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { planAddresses } from "../docker/addresses.ts";
import { createInternalNetwork, createNginx } from "../docker/docker.ts";
import { type WorkerFilesSpec, workerEnv, workerHome, workerOverride } from "./worker-files.ts";

describe("addresses", () => {
  test.each([
    ["172.16.0.0/16", 0, "172.16.0.16", "172.16.192.0/18"],
    ["10.1.2.0/24", 0, "10.1.2.16", "10.1.2.192/26"],
    ["172.16.0.0/16", 300, "172.16.1.60", "172.16.192.0/18"],
  ])("of %s, instance %i: fixed below, Docker's own above", (cidr, index, address, range) => {
    const plan = planAddresses(cidr);
    expect([plan.instanceAddress(index), plan.dynamicRange]).toEqual([address, range]);
  });

  test("the monitoring instance's belongs to no instance of the group and not to Docker", () => {
    expect(planAddresses("10.1.2.0/24").monitoringAddress).toBe("10.1.2.10");
  });

  test("never reach into Docker's range, and running out says so", () => {
    const plan = planAddresses("10.1.2.0/24");
    expect(plan.instanceAddress(plan.instanceLimit - 1)).toBe("10.1.2.191");
    expect(() => plan.instanceAddress(plan.instanceLimit)).toThrow("room for 176 instances");
  });
});

describe("commands", () => {
  test("the emulated network is internal", () => {
    expect(createInternalNetwork("n", "10.1.2.0/24", "10.1.2.192/26", ["--label", "a=b"]).args).toContain("--internal");
  });

  test("nginx publishes on loopback only and has no privileges", () => {
    const { args } = createNginx({
      name: "n",
      image: "nginx",
      network: "e",
      ports: [
        { host: 1, container: 2 },
        { host: 3, container: 4 },
      ],
      mounts: ["/a:/b:ro"],
      configFile: "/c",
      labels: [],
    });
    expect(args.join(" ")).toContain(
      "--publish 127.0.0.1:1:2 --publish 127.0.0.1:3:4 --user 101:101 --cap-drop ALL --security-opt no-new-privileges --read-only",
    );
  });
});

describe("a worker's files", () => {
  const spec: WorkerFilesSpec = {
    template: "/t",
    shape: { services: ["nginx", "agent", "web"], networks: ["services", "edge"], volumes: ["logs"] },
    fleet: "shop",
    localName: "demo",
    environment: "local",
    instanceId: "i-1",
    zone: "eu-central-1a",
    lifecycle: "spot",
    address: "172.16.0.16",
    vpcNetwork: "demo-vpc",
    composeProject: "p",
    images: { own: { WEB_IMAGE: "web:1" }, foreign: { NGINX_IMAGE: "nginx:1.30" } },
    cpu: { cores: 1.5, cgroupParent: "/g/i-1" },
  };

  test("the override labels everything, limits every service, and replaces networks and ports", () => {
    const text = workerOverride(spec);
    const { services, networks, volumes } = parse(text, { logLevel: "error" });
    const labels = { "compose-fleet.local": "demo", "compose-fleet.worker": "i-1" };
    for (const name of ["nginx", "agent", "web"])
      expect(services[name]).toMatchObject({ labels, cgroup_parent: "/g/i-1" });
    expect(services.nginx).toMatchObject({
      networks: { services: {}, vpc: { ipv4_address: "172.16.0.16" } },
      ports: [],
    });
    expect(networks.vpc).toEqual({ external: true, name: "demo-vpc" });
    expect([networks.services, volumes.logs]).toEqual([{ labels }, { labels }]);
    expect(text.match(/!override/g)).toHaveLength(3);
  });

  test("the worker's way out is its own, or one that is there already", () => {
    const networksOf = (more: Partial<WorkerFilesSpec>) =>
      parse(workerOverride({ ...spec, ...more }), { logLevel: "error" }).networks;
    expect(networksOf({}).edge).toEqual({ labels: expect.anything() });
    expect(networksOf({ edgeNetwork: "demo-i-1-edge" }).edge).toEqual({ external: true, name: "demo-i-1-edge" });
  });

  test("worker.env names foreign images only: it would win over the .env that a revision brings", () => {
    const text = workerEnv(workerHome("/s", "i-1"), spec);
    expect(text).toContain("NGINX_IMAGE='nginx:1.30'");
    expect(text).not.toContain("WEB_IMAGE");
  });

  test("worker.env survives blanks and quotes, and tells the CPU limit only where there is one", () => {
    const home = workerHome("/it's here", "i-1");
    expect(workerEnv(home, spec)).toContain(`FLEET_STATE_DIR='/it'\\''s here/workers/i-1/state'`);
    expect(workerEnv(home, spec)).toContain("WORKER_CPU_LIMIT_CORES='1.5'");
    const { cpu: _none, ...unlimited } = spec;
    expect(workerEnv(home, unlimited)).not.toContain("WORKER_CPU_LIMIT_CORES");
  });
});
