import { describe, expect, test } from "vitest";
import { testFleet } from "../testing/synth.ts";
import { dockerPool, renderUserData, userDataBase64 } from "./user-data.ts";

const kinds = ["workers", "monitoring"] as const;

describe.each(kinds)("user data of %s", (kind) => {
  const script = renderUserData(kind, testFleet());

  test("holds nothing that a secret could be", () => {
    expect(script).not.toMatch(/AKIA|BEGIN [A-Z ]*PRIVATE|secrets\//);
  });

  test("asks the metadata service with a token only", () => {
    expect(script.match(/169\.254\.169\.254/g)).toHaveLength(2);
    expect(script).toContain("X-aws-ec2-metadata-token: $token");
  });

  test("comes back out of base64 as it was", () => {
    expect(Buffer.from(userDataBase64(kind, testFleet()), "base64").toString()).toBe(script);
  });

  test("leaves room below EC2's limit", () => {
    expect(Buffer.byteLength(script)).toBeLessThan(14_000);
  });
});

test.each([
  ["172.16.0.0/16", "10.213.0.0/16"],
  ["192.168.0.0/16", "10.213.0.0/16"],
  ["10.0.0.0/16", "192.168.0.0/17"],
  ["10.213.0.0/16", "192.168.0.0/17"],
])("in the VPC %s Docker's networks lie in %s", (cidr, pool) => {
  expect(dockerPool(cidr)).toBe(pool);
});
