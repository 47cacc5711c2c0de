import { expect, test } from "vitest";
import { synthStack, testFleet } from "../testing/synth.ts";
import { DnsStack } from "./dns-stack.ts";

const dns = { provider: "cloudflare", zoneId: "0123456789abcdef0123456789abcdef", name: "fleet.example.com" } as const;
const config = testFleet({ network: { zones: ["a", "b"] } });
const stack = synthStack((app) => new DnsStack(app, config, dns));

/** An expression of Terraform: an output of the fleet's stack. */
const output = (name: string) => `\u0024{data.terraform_remote_state.fleet.outputs.${name}}`;

test("each zone's addresses get a record for IPv4 and one for IPv6, straight to the load balancer", () => {
  const records = Object.values(stack.all("cloudflare_dns_record"));
  expect(records.map(({ type, content }) => [type, content])).toEqual([
    ["A", output("load_balancer_ipv4[0]")],
    ["A", output("load_balancer_ipv4[1]")],
    ["AAAA", output("load_balancer_ipv6[0]")],
    ["AAAA", output("load_balancer_ipv6[1]")],
  ]);
  for (const record of records)
    expect(record).toMatchObject({ name: "fleet.example.com", zone_id: dns.zoneId, proxied: false });
});

test("the addresses come from the state of the fleet's stack", () => {
  expect(stack.json.data).toMatchObject({
    terraform_remote_state: {
      fleet: {
        backend: "s3",
        config: {
          bucket: "fleet-test-production-tfstate-000000000000",
          key: "test-production-fleet.tfstate",
          region: "eu-central-1",
        },
      },
    },
  });
});

test("no token is in the stack: it comes from the environment", () => {
  expect(stack.json.provider).toEqual({ cloudflare: [{}] });
});
