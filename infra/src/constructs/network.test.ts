import { expect, test } from "vitest";
import { synthScope, testFleet } from "../testing/synth.ts";
import { Network } from "./network.ts";

const network = { cidr: "172.16.0.0/16", zones: ["a", "c"], privateZone: "demo.internal" };
const stack = synthScope((scope) => {
  new Network(scope, "network", testFleet({ network }));
});

test("the VPC has the fleet's network, IPv6, and DNS names", () => {
  expect(stack.one("aws_vpc")).toMatchObject({
    cidr_block: "172.16.0.0/16",
    assign_generated_ipv6_cidr_block: true,
    enable_dns_support: true,
    enable_dns_hostnames: true,
  });
});

test("each zone has a public subnet with a network of its own, IPv4 and IPv6", () => {
  const subnets = Object.values(stack.all("aws_subnet"));
  expect(subnets).toMatchObject([
    { availability_zone: "eu-central-1a", cidr_block: "172.16.0.0/19", map_public_ip_on_launch: true },
    { availability_zone: "eu-central-1c", cidr_block: "172.16.32.0/19", map_public_ip_on_launch: true },
  ]);
  expect(subnets.map((subnet) => subnet.ipv6_cidr_block)).toEqual([
    expect.stringMatching(/cidrsubnet\(.*ipv6_cidr_block, 8, 0\)/),
    expect.stringMatching(/cidrsubnet\(.*ipv6_cidr_block, 8, 1\)/),
  ]);
  expect(Object.keys(stack.all("aws_route_table_association"))).toHaveLength(2);
});

test("every subnet reaches the internet by both families, and no NAT gateway is paid for", () => {
  expect(stack.one("aws_route_table").route).toMatchObject([
    { cidr_block: "0.0.0.0/0", gateway_id: expect.stringContaining("aws_internet_gateway") },
    { ipv6_cidr_block: "::/0", gateway_id: expect.stringContaining("aws_internet_gateway") },
  ]);
  expect(stack.all("aws_nat_gateway")).toEqual({});
});

test("S3 and DynamoDB are reached without the internet", () => {
  const endpoints = Object.values(stack.all("aws_vpc_endpoint"));
  expect(endpoints.map((endpoint) => `${endpoint.vpc_endpoint_type} ${endpoint.service_name}`).sort()).toEqual([
    "Gateway com.amazonaws.eu-central-1.dynamodb",
    "Gateway com.amazonaws.eu-central-1.s3",
  ]);
});

test("what has no security group of its own is closed", () => {
  const group = stack.one("aws_default_security_group");
  expect([group.ingress, group.egress]).toEqual([undefined, undefined]);
});
