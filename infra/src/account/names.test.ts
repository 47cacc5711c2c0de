import { describe, expect, test } from "vitest";
import { parameterPath, resourceName, stackName } from "./names.ts";

const network = { cidr: "172.16.0.0/16", zones: ["a"], privateZone: "demo.internal" };
const demo = { name: "demo", environment: "production", network };
const long = { ...demo, name: "a-name-of-thirty-two-characters-", environment: "an-environment-of-thirty-two-cha" };

test("a stack is named after fleet and environment, so that several stand side by side", () => {
  expect(stackName(demo, "fleet")).toBe("demo-production-fleet");
});

describe("a resource's name", () => {
  test("says fleet, environment and kind", () => {
    expect(resourceName(demo, "workers")).toBe("fleet-demo-production-workers");
  });
  test.each([32, 63, 64])("of a long fleet keeps within %i characters", (limit) => {
    expect(resourceName(long, "load-balancer", limit).length).toBeLessThanOrEqual(limit);
  });
  test("of a long fleet differs from that of another kind", () => {
    expect(resourceName(long, "one", 32)).not.toBe(resourceName(long, "two", 32));
  });
});

test("parameters of a fleet are below one path", () => {
  expect(parameterPath(demo)).toBe("/fleet/demo/production");
});
