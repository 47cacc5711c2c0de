import { describe, expect, test } from "vitest";
import { balancerConfig, targetsConfig } from "./nginx-config.ts";

describe("nginx's configuration", () => {
  test("never tries a second target and never marks one as failed", () => {
    const text = targetsConfig(["172.16.0.1", "172.16.0.2"]);
    expect(text).toContain("proxy_next_upstream off;");
    expect(text.match(/server 172\.16\.0\.\d:8480 max_fails=0;/g)).toHaveLength(2);
  });

  test("does not listen without a target", () => {
    expect(targetsConfig([])).not.toContain("listen");
  });

  test("probes addresses of the fleet's network only", () => {
    expect(balancerConfig("10.1.0.0/16")).toContain("geo $probed $allowed { default 0; 10.1.0.0/16 1; }");
  });

  test("tells workers who calls, on the way to probe them as well", () => {
    expect(targetsConfig(["172.16.0.1"])).toContain("proxy_protocol on;");
    expect(balancerConfig("10.1.0.0/16")).toContain('"10.$machine:8480"');
  });
});
