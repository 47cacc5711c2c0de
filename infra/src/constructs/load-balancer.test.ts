import { Eip } from "@cdktf/provider-aws/lib/eip/index.js";
import type { FleetConfigInput } from "@compose-fleet/fleet";
import { describe, expect, test } from "vitest";
import { type Synthesized, synthScope, testFleet } from "../testing/synth.ts";
import { LoadBalancer } from "./load-balancer.ts";

function balancer(input: Partial<FleetConfigInput> = {}): Synthesized {
  return synthScope((scope) => {
    new LoadBalancer(scope, "lb", {
      config: testFleet(input),
      vpcId: "vpc-1",
      subnets: [
        { id: "subnet-1", ipv6CidrBlock: "2001:db8:0:1::/64" },
        { id: "subnet-2", ipv6CidrBlock: "2001:db8:0:2::/64" },
      ],
      securityGroupId: "sg-1",
      gateway: new Eip(scope, "gateway", {}),
    });
  });
}

test("it answers over IPv4 and IPv6, on an address of its own in each zone", () => {
  const lb = balancer().one("aws_lb");
  expect(lb).toMatchObject({ load_balancer_type: "network", ip_address_type: "dualstack", security_groups: ["sg-1"] });
  expect(lb.subnet_mapping).toMatchObject([
    {
      subnet_id: "subnet-1",
      allocation_id: expect.stringContaining("aws_eip.lb_address-a"),
      ipv6_address: expect.stringContaining("cidrhost"),
    },
    { subnet_id: "subnet-2", allocation_id: expect.stringContaining("aws_eip.lb_address-b") },
  ]);
});

test("the mapping is the provider's business at creation only, as it cannot read it back", () => {
  expect(balancer().one("aws_lb").lifecycle).toEqual({ ignore_changes: ["subnet_mapping"] });
});

test.each([
  [true, true],
  [false, undefined],
])("deploy.protect %s: deletion protection %s", (protect, expected) => {
  expect(balancer({ deploy: { protect } }).one("aws_lb").enable_deletion_protection).toBe(expected);
});

test("a zone without a worker answers by those of the other", () => {
  expect(balancer().one("aws_lb")).toMatchObject({ enable_cross_zone_load_balancing: true });
});

describe("a draining worker", () => {
  test("keeps its connections although it is unhealthy", () => {
    expect(balancer().one("aws_lb_target_group").target_health_state).toEqual([
      { enable_unhealthy_connection_termination: false },
    ]);
  });
  test("has 30 s for them once it is deregistered", () => {
    expect(balancer().one("aws_lb_target_group")).toMatchObject({ deregistration_delay: "30" });
  });
});

const certificateArn = "arn:aws:acm:eu-central-1:123456789012:certificate/1";

describe("every target group", () => {
  const groups = (input: Partial<FleetConfigInput>) => Object.values(balancer(input).all("aws_lb_target_group"));
  test.each<[string, Partial<FleetConfigInput>, number[]]>([
    ["is one without a certificate", {}, [8480]],
    ["has a port of its own, so that nginx knows what came by TLS", { tls: { certificateArn } }, [8443, 8480]],
  ])("%s", (_rule, input, ports) => {
    expect(
      groups(input)
        .map(({ port }) => Number(port))
        .sort(),
    ).toEqual(ports);
    for (const group of groups(input)) {
      expect(group.health_check).toMatchObject({ port: String(group.port), path: "/nginx-health" });
      expect(group, "workers learn who calls").toMatchObject({ proxy_protocol_v2: true, preserve_client_ip: "false" });
    }
  });
});

test("a worker is judged by nginx's health page on the port of the traffic", () => {
  expect(balancer().one("aws_lb_target_group").health_check).toMatchObject({
    protocol: "HTTP",
    port: "8480",
    path: "/nginx-health",
    matcher: "200",
  });
});

describe("it listens on", () => {
  const listeners = (input: Partial<FleetConfigInput>) =>
    Object.values(balancer(input).all("aws_lb_listener")).map(({ port, protocol, certificate_arn: arn }) => [
      port,
      protocol,
      arn,
    ]);
  test.each<[string, Partial<FleetConfigInput>, unknown]>([
    ["80 alone without a certificate", {}, [[80, "TCP", undefined]]],
    [
      "443, too, with one",
      { tls: { certificateArn } },
      [
        [80, "TCP", undefined],
        [443, "TLS", certificateArn],
      ],
    ],
  ])("%s", (_rule, input, expected) => {
    expect(listeners(input)).toEqual(expected);
  });
});

test("names of a long fleet keep within the load balancer's 32 characters", () => {
  const name = "a-fleet-of-quite-some-length";
  expect(String(balancer({ name }).one("aws_lb").name).length).toBeLessThanOrEqual(32);
  expect(String(balancer({ name }).one("aws_lb_target_group").name).length).toBeLessThanOrEqual(32);
});
