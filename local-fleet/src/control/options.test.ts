import { describe, expect, test } from "vitest";
import { parseLocalFleetOptions } from "./options.ts";

const good = {
  name: "demo",
  fleetFile: "/p/fleet.yaml",
  stackWorkerDir: "/p/w",
  stackPrometheusDir: "/p/m",
  stateDir: "/p/.fleet/local/demo",
  images: { NGINX_IMAGE: "nginx:1.30" },
};

test("defaults are production's, not the demo's", () => {
  expect(parseLocalFleetOptions(good)).toMatchObject({
    registrationLagSeconds: 120,
    deregistrationLagSeconds: 120,
    health: { intervalSeconds: 10, healthyThreshold: 2, unhealthyThreshold: 2 },
    ports: { balancer: 18080, aws: 14566 },
    workerCpu: 1,
  });
});

describe("refused", () => {
  test.each([
    ["an unknown key", { colour: 1 }, "colour"],
    ["a name with shell characters", { name: "a;b" }, "name: write 1-32"],
    ["a relative path", { stateDir: "x" }, "stateDir: write an absolute path"],
    ["a path too long for a socket", { stateDir: `/${"x".repeat(120)}` }, "too long for a socket"],
    ["no nginx image", { images: {} }, "NGINX_IMAGE is missing"],
    ["one port for two", { ports: { wh: 18080 } }, "two of the ports are the same"],
    ["a port out of range", { ports: { wh: 70000 } }, "ports.wh"],
    ["no CPU at all", { workerCpu: 0 }, "workerCpu"],
  ])("%s", (_rule, change, message) => {
    expect(() => parseLocalFleetOptions({ ...good, ...change })).toThrow(message);
  });

  test("all faults at once", () => {
    expect(() => parseLocalFleetOptions({ ...good, name: "", stateDir: "x" })).toThrow(/name: .*stateDir: /s);
  });
});
