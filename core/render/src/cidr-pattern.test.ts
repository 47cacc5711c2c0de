import { expect, test } from "vitest";
import { cidrPattern } from "./cidr-pattern.ts";

const matches = (cidr: string, address: string) => new RegExp(`^(?:${cidrPattern(cidr)})$`).test(address);

test.each([
  ["an address of a /16 matches", "172.16.0.0/16", "172.16.200.9", true],
  ["the next /16 does not", "172.16.0.0/16", "172.17.0.9", false],
  ["a prefix of digits does not", "172.16.0.0/16", "172.160.0.9", false],
  ["dots are dots", "10.1.0.0/16", "1031.0.9.9", false],
  ["the last address of a /20 matches", "10.1.16.0/20", "10.1.31.255", true],
  ["the first address after a /20 does not", "10.1.16.0/20", "10.1.32.0", false],
  ["the last address before a /20 does not", "10.1.16.0/20", "10.1.15.255", false],
  ["a /24 holds its own third part only", "192.168.7.0/24", "192.168.7.1", true],
  ["a /24 holds no other third part", "192.168.7.0/24", "192.168.77.1", false],
])("%s", (_rule, cidr, address, expected) => {
  expect(matches(cidr, address)).toBe(expected);
});

test.each(["172.16.0.0", "172.16.0.0/8", "x.16.0.0/16", ""])("refuses %j", (cidr) => {
  expect(() => cidrPattern(cidr)).toThrow(/IPv4 CIDR/);
});
