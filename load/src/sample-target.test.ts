import { parseFleetConfig } from "@compose-fleet/fleet";
import { expect, test } from "vitest";
import { sampleTarget } from "./sample-target.ts";

const service = { port: 80, memory: "64m", capacity: { requestsPerSecond: 5 } };
const fleetOf = (services: object) => {
  const parsed = parseFleetConfig({ name: "demo", environment: "test", services });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.config;
};

test("the first service that answers on every host is asked", () => {
  const fleet = fleetOf({
    shop: { ...service, path: "/", hosts: ["shop.example.com"] },
    api: { ...service, path: "/api/" },
    web: { ...service, path: "/web/" },
  });
  expect(sampleTarget(fleet, "http://127.0.0.1:8080")).toBe("http://127.0.0.1:8080/api/hello");
});

test("where each has hosts of its own, that is said", () => {
  const fleet = fleetOf({ shop: { ...service, path: "/", hosts: ["shop.example.com"] } });
  expect(() => sampleTarget(fleet, "http://127.0.0.1")).toThrow("no service that answers on every host");
});
