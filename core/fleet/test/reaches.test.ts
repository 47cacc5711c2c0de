import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseFleetConfig, reachTarget } from "../src/index.ts";

const service = { path: "/", port: 80, memory: "64m", capacity: { requestsPerSecond: 100 } };
const parse = (reaches: unknown) =>
  parseFleetConfig({ name: "test", workers: { reaches }, services: { web: service } });
const faultsOf = (reaches: unknown): string[] => {
  const result = parse(reaches);
  return result.ok ? [] : result.faults.map(({ path, message }) => `${path}: ${message}`);
};

test("nothing is opened by itself, and tcp is meant where nothing is said", () => {
  expect(parse(undefined)).toMatchObject({ config: { workers: { reaches: [] } } });
  expect(parse([{ port: 5432, to: "10.0.0.0/8" }])).toMatchObject({
    config: { workers: { reaches: [{ port: 5432, to: "10.0.0.0/8", protocol: "tcp" }] } },
  });
});

describe("who is meant", () => {
  test.each([
    ["sg-0a1b2c3d", "group"],
    ["sg-0123456789abcdef0", "group"],
    ["10.0.3.0/24", "ipv4"],
    ["10.0.3.7/32", "ipv4"],
    ["0.0.0.0/0", "ipv4"],
    ["2001:db8::/32", "ipv6"],
    ["::/0", "ipv6"],
    ["2001:db8:1:2:3:4:5:6/128", "ipv6"],
  ])("%s is a %s", (to, kind) => {
    expect(faultsOf([{ port: 5432, to }])).toEqual([]);
    expect(reachTarget(to).kind).toBe(kind);
  });
});

describe("a fault says what to write", () => {
  test.each<[string, object | object[], RegExp]>([
    ["an address without its prefix", { port: 5432, to: "10.0.0.1" }, /to: write 10\.0\.0\.1\/32 for this one/],
    ["an IPv6 address without its prefix", { port: 5432, to: "2001:db8::1" }, /to: write 2001:db8::1\/128/],
    ["host bits", { port: 5432, to: "10.0.0.1/24" }, /has host bits set: write the network's first address/],
    ["host bits of IPv6", { port: 5432, to: "2001:db8::1/64" }, /has host bits set/],
    ["a prefix that is none", { port: 5432, to: "10.0.0.0/33" }, /the prefix is \/0 to \/32/],
    ["a host's name", { port: 5432, to: "db.example.com" }, /write a security group or a network by its addresses/],
    ["a group by its name", { port: 5432, to: "sg-database" }, /write a security group's id/],
    ["several networks", { port: 5432, to: "10.0.0.0/8/9" }, /write one network/],
    ["port 0", { port: 0, to: "10.0.0.0/8" }, /port: write at least 1 \(got 0\)/],
    ["no port", { to: "10.0.0.0/8" }, /port: missing: write a/],
    [
      "another protocol",
      { port: 1, to: "10.0.0.0/8", protocol: "icmp" },
      /protocol: write "tcp" or "udp" \(got "icmp"\)/,
    ],
    ["a misspelt key", { port: 1, too: "10.0.0.0/8" }, /too: unknown key/],
    ["what is open anyway", { port: 443, to: "10.0.0.0/8" }, /0\.port: workers reach port 443 everywhere already/],
    [
      "the same twice",
      [
        { port: 1, to: "sg-0a1b2c3d" },
        { port: 1, to: "sg-0a1b2c3d" },
      ],
      /1: tcp 1 to sg-0a1b2c3d is listed twice/,
    ],
    [
      "the same in two spellings",
      [
        { port: 1, to: "2001:db8::/64" },
        { port: 1, to: "2001:db8:0::/64" },
      ],
      /listed twice/,
    ],
    ["no list", { length: "x" }, /./],
  ])("%s", (_rule, reach, expected) => {
    expect(faultsOf(Array.isArray(reach) ? reach : [reach]).join("\n")).toMatch(expected);
  });
});

test("every network by its first address is accepted, in both families, and no text whatsoever throws", () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, prefix) => {
      const value = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
      const first = prefix === 0 ? 0 : value - (value % 2 ** (32 - prefix));
      const text = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join(".");
      expect(faultsOf([{ port: 5432, to: `${text}/${prefix}` }])).toEqual([]);
    }),
    { numRuns: 50 },
  );
  fc.assert(
    fc.property(fc.string(), (to) => {
      faultsOf([{ port: 5432, to }]);
    }),
    { numRuns: 50 },
  );
});

test("a service's way out: there unless it is taken away", () => {
  const services = { web: service, quiet: { ...service, path: "/quiet/", internet: false } };
  const parsed = parseFleetConfig({ name: "test", services });
  expect(parsed.ok && Object.entries(parsed.config.services).map(([name, { internet }]) => [name, internet])).toEqual([
    ["web", true],
    ["quiet", false],
  ]);
});
