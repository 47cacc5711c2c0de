import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseFleetConfig } from "../src/index.ts";

const service = { path: "/", port: 80, memory: "64m", capacity: { requestsPerSecond: 100 } };

function faultsOf(keys: object): string[] {
  const result = parseFleetConfig({ name: "test", services: { web: { ...service, ...keys } } });
  return result.ok ? [] : result.faults.map(({ path, message }) => `${path}: ${message}`);
}

test("a service that says nothing has nginx's behaviour of before", () => {
  const result = parseFleetConfig({ name: "test", services: { web: service } });
  expect(result.ok && result.config.services.web).toMatchObject({
    hosts: [],
    stripPath: false,
    maxBody: "1m",
    timeout: 60,
  });
});

describe("a fault names the key, what was got, and what to write", () => {
  test.each<[object, RegExp]>([
    [
      { maxBody: "10Q" },
      /^services\.web\.maxBody: write a whole number and k, m or g, for example "20m" \(got "10Q"\)/,
    ],
    [{ maxBody: "0m" }, /^services\.web\.maxBody: write a whole number/],
    [{ maxBody: "1.5m" }, /^services\.web\.maxBody: write a whole number/],
    [{ maxBody: "-1m" }, /^services\.web\.maxBody: write a whole number/],
    [{ maxBody: "10M" }, /^services\.web\.maxBody: write a whole number/],
    [{ maxBody: "11g" }, /^services\.web\.maxBody: write at most "10g" \(got "11g"\)/],
    [{ maxBody: "999999g" }, /^services\.web\.maxBody: write at most "10g"/],
    [{ maxBody: 20 }, /^services\.web\.maxBody: write a text \(got 20\)/],
    [{ timeout: 0 }, /^services\.web\.timeout: write at least 1 \(got 0\)/],
    [{ timeout: 1.5 }, /^services\.web\.timeout: write a whole number/],
    [{ timeout: "60s" }, /^services\.web\.timeout: write a number \(got "60s"\)/],
    [{ timeout: 341 }, /^services\.web\.timeout: write at most 340 \(got 341\)/],
    [{ stripPath: "yes" }, /^services\.web\.stripPath: write a boolean/],
    [{ sticky: "cookie" }, /^services\.web\.sticky: write "client", or remove the key \(got "cookie"\)/],
    [{ rateLimit: 10 }, /^services\.web\.rateLimit: write a mapping/],
    [{ rateLimit: {} }, /^services\.web\.rateLimit\.requestsPerSecond: /],
    [
      { rateLimit: { requestsPerSecond: 0 } },
      /^services\.web\.rateLimit\.requestsPerSecond: write at least 1 \(got 0\)/,
    ],
    [{ rateLimit: { requestsPerSecond: 1.5 } }, /^services\.web\.rateLimit\.requestsPerSecond: write a whole number/],
    [{ rateLimit: { requestsPerSecond: 1e9 } }, /^services\.web\.rateLimit\.requestsPerSecond: write at most 10000/],
    [
      { rateLimit: { requestsPerSecond: 5, burst: -1 } },
      /^services\.web\.rateLimit\.burst: write at least 0 \(got -1\)/,
    ],
    [{ hosts: "shop.example.com" }, /^services\.web\.hosts: write a list \(got "shop/],
    [{ hosts: ["a.example", "a.example"] }, /^services\.web\.hosts\.1: a\.example is listed twice/],
    [{ hosts: ["https://shop.example.com"] }, /^services\.web\.hosts\.0: write the name alone, without scheme, port/],
    [{ hosts: ["shop.example.com:8080"] }, /^services\.web\.hosts\.0: write the name alone/],
    [{ hosts: ["shop.example.com/"] }, /^services\.web\.hosts\.0: write the name alone/],
    [{ hosts: ["::1"] }, /^services\.web\.hosts\.0: write the name alone/],
    [{ hosts: ["203.0.113.7"] }, /^services\.web\.hosts\.0: write a name, no address/],
    [{ hosts: ["Shop.example.com"] }, /^services\.web\.hosts\.0: write it in lower case/],
    [{ hosts: ["bücher.example"] }, /^services\.web\.hosts\.0: write it as DNS has it/],
    [{ hosts: [""] }, /^services\.web\.hosts\.0: write a host name/],
    [{ hosts: ["*"] }, /^services\.web\.hosts\.0: write a host name/],
    [{ hosts: ["*.com"] }, /^services\.web\.hosts\.0: write a host name/],
    [{ hosts: ["shop.*.example.com"] }, /^services\.web\.hosts\.0: write a host name/],
    [{ hosts: ["-shop.example"] }, /^services\.web\.hosts\.0: write a host name/],
    [{ hosts: ["shop..example"] }, /^services\.web\.hosts\.0: write a host name/],
    [{ hosts: [".shop.example"] }, /^services\.web\.hosts\.0: write a host name/],
    [{ hosts: ["shop.example."] }, /^services\.web\.hosts\.0: write a host name/],
    [{ hosts: ["shop.example; return 200"] }, /^services\.web\.hosts\.0: write a host name/],
    [{ hosts: [`${"a".repeat(64)}.example`] }, /^services\.web\.hosts\.0: write a host name/],
    [{ hosts: [`${"a.".repeat(125)}example`] }, /^services\.web\.hosts\.0: write a host name/],
  ])("%j", (keys, expected) => {
    expect(faultsOf(keys)).toEqual([expect.stringMatching(expected)]);
  });
});

test.each([
  { hosts: ["localhost"] },
  { hosts: ["shop.example.com", "www.shop.example.com", "*.shop.example.com"] },
  { hosts: ["xn--bcher-kva.example", "1.example"] },
  { maxBody: "10g", timeout: 340, stripPath: true, sticky: "client" },
  { rateLimit: { requestsPerSecond: 1, burst: 0 } },
  { maxBody: "1k", timeout: 1 },
])("%j is fine", (keys) => {
  expect(faultsOf(keys)).toEqual([]);
});

test("what is accepted as a host means nothing to nginx but a name", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9.*;{}$ ~"-]{0,20}$/), fc.domain()), (host) => {
      if (faultsOf({ hosts: [host] }).length === 0) expect(host).toMatch(/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*$/);
    }),
  );
});

test("every domain in lower case is accepted", () => {
  fc.assert(
    fc.property(fc.domain(), (host) => {
      expect(faultsOf({ hosts: [host.toLowerCase()] })).toEqual([]);
    }),
  );
});
