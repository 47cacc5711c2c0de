import type { FleetConfigInput } from "@compose-fleet/fleet";
import { describe, expect, test } from "vitest";
import { type Block, synthScope, testFleet } from "../testing/synth.ts";
import { SecurityGroups } from "./security-groups.ts";

/** Rules of one direction, as `whose: port from or to whom`. */
function rules(direction: "ingress" | "egress", input: Partial<FleetConfigInput> = {}): string[] {
  const stack = synthScope((scope) => {
    new SecurityGroups(scope, "groups", { config: testFleet(input), vpcId: "vpc-1" });
  });
  const word = direction === "ingress" ? "from" : "to";
  return Object.values(stack.all(`aws_vpc_security_group_${direction}_rule`))
    .map((rule) => `${kindOf(rule.security_group_id)}: ${portOf(rule)} ${word} ${otherOf(rule)}`)
    .sort();
}

function kindOf(reference: unknown): string {
  return /aws_security_group\.groups_(.*?)(_[0-9A-F]{8})?\.id/.exec(String(reference))?.[1] ?? "nobody";
}

function portOf({ ip_protocol, from_port, to_port }: Block): string {
  return from_port === to_port ? `${ip_protocol} ${from_port}` : `${ip_protocol} ${from_port}-${to_port}`;
}

function otherOf(rule: Block): unknown {
  const group = String(rule.referenced_security_group_id);
  return rule.cidr_ipv4 ?? rule.cidr_ipv6 ?? (group.startsWith("sg-") ? group : kindOf(group));
}

const certificateArn = "arn:aws:acm:eu-central-1:123456789012:certificate/1";

describe("nothing comes in but", () => {
  test("HTTP to the load balancer, from there to workers, metrics to monitoring and its scrapes", () => {
    expect(rules("ingress")).toEqual([
      "load-balancer: tcp 80 from 0.0.0.0/0",
      "load-balancer: tcp 80 from ::/0",
      "monitoring: tcp 9090 from workers",
      "workers: tcp 8080 from monitoring",
      "workers: tcp 8480 from load-balancer",
    ]);
  });
  test("HTTPS, where there is a certificate", () => {
    expect(rules("ingress", { tls: { certificateArn } })).toEqual(
      expect.arrayContaining([
        "load-balancer: tcp 443 from 0.0.0.0/0",
        "load-balancer: tcp 443 from ::/0",
        "workers: tcp 8443 from load-balancer",
      ]),
    );
  });
});

test("out goes what has to: traffic, metrics, and HTTP and HTTPS of the machines", () => {
  const web = ["80 to 0.0.0.0/0", "80 to ::/0", "443 to 0.0.0.0/0", "443 to ::/0"];
  expect(rules("egress")).toEqual(
    [
      "load-balancer: tcp 8480 to workers",
      "monitoring: tcp 8080 to workers",
      "workers: tcp 9090 to monitoring",
      ...web.flatMap((rule) => [`workers: tcp ${rule}`, `monitoring: tcp ${rule}`]),
    ].sort(),
  );
});

describe("workers.reaches opens what it names, to the workers alone", () => {
  const base = rules("egress");
  const added = (reaches: NonNullable<FleetConfigInput["workers"]>["reaches"]): string[] =>
    rules("egress", { workers: { reaches } }).filter((rule) => !base.includes(rule));
  test.each([
    [[{ port: 5432, to: "sg-0123456789abcdef0" }], ["workers: tcp 5432 to sg-0123456789abcdef0"]],
    [[{ port: 6379, to: "10.8.0.0/24" }], ["workers: tcp 6379 to 10.8.0.0/24"]],
    [[{ port: 5432, to: "2001:db8::/64" }], ["workers: tcp 5432 to 2001:db8::/64"]],
    [[{ port: 8125, to: "10.8.0.1/32", protocol: "udp" as const }], ["workers: udp 8125 to 10.8.0.1/32"]],
    [
      [
        { port: 5432, to: "10.8.0.0/24" },
        { port: 5432, to: "10.8.1.0/24" },
        { port: 5433, to: "10.8.0.0/24" },
      ],
      ["workers: tcp 5432 to 10.8.0.0/24", "workers: tcp 5432 to 10.8.1.0/24", "workers: tcp 5433 to 10.8.0.0/24"],
    ],
    // Terraform names a rule by what it says: two that differ in one sign only must not fall together.
    [
      [
        { port: 5432, to: "2001:db8::/64" },
        { port: 5432, to: "2001:db8:0:1::/64" },
      ],
      ["workers: tcp 5432 to 2001:db8:0:1::/64", "workers: tcp 5432 to 2001:db8::/64"],
    ],
  ])("%j", (reaches, expected) => {
    expect(added(reaches)).toEqual(expected);
    expect(base.filter((rule) => !rules("egress", { workers: { reaches } }).includes(rule))).toEqual([]);
  });
  test("and lets nobody in", () => {
    const reaches = [{ port: 5432, to: "sg-0123456789abcdef0" }];
    expect(rules("ingress", { workers: { reaches } })).toEqual(rules("ingress"));
  });
});
