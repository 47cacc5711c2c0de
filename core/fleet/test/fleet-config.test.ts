import { describe, expect, test } from "vitest";
import { architectureOf, fleetJsonSchema, fleetNames, kindOf, memoryBytes, parseFleetConfig } from "../src/index.ts";

const service = { path: "/", port: 80, memory: "64m", capacity: { requestsPerSecond: 100 } };
const minimal = { name: "test", services: { web: service } };
const faultsOf = (document: unknown) => {
  const result = parseFleetConfig(document);
  return result.ok ? [] : result.faults.map(({ path, message }) => `${path}: ${message}`);
};

test("everything but name and services has a default", () => {
  const result = parseFleetConfig(minimal);
  expect(result.ok && result.config).toMatchObject({
    environment: "production",
    workers: { min: 1, max: 6 },
    scaling: { utilisation: 0.7, headroom: 0.9 },
  });
});

describe("a fault names its path, what was got, and what to write", () => {
  test.each<[string, unknown, RegExp]>([
    ["not a mapping", "text", /^: write a mapping of keys and values \(got "text"\)/],
    ["nothing at all", null, /got null/],
    ["an unknown key", { ...minimal, wrokers: {} }, /^wrokers: unknown key/],
    ["a nested unknown key", { ...minimal, workers: { mni: 1 } }, /^workers\.mni: unknown key/],
    ["a name with shell characters", { ...minimal, name: "a; rm -rf /" }, /^name: write 1-32 lower-case.*got "a; rm/],
    [
      "a service name with shell characters",
      { ...minimal, services: { "$(id)": service } },
      /^services\.\$\(id\): not a valid name/,
    ],
    [
      "a reserved service name",
      { ...minimal, services: { nginx: service } },
      /^services\.nginx: nginx is the name of a part/,
    ],
    [
      "a release branch's repository that is not read over https",
      { ...minimal, releases: { pull: { repository: "git@github.com:owner/name.git" } } },
      /^releases\.pull\.repository: write the repository's address, such as "https:/,
    ],
    [
      "a token in a repository's address",
      { ...minimal, releases: { pull: { repository: "https://token@github.com/owner/name.git" } } },
      /^releases\.pull\.repository: write the address without a user or token: .*REPOSITORY_TOKEN/,
    ],
    ["no service", { ...minimal, services: {} }, /^services: name at least one/],
    [
      "two services on one path",
      { ...minimal, services: { a: service, b: service } },
      /^services\.b\.path: \/ already belongs to a/,
    ],
    ["min above max", { ...minimal, workers: { min: 5, max: 2 } }, /^workers\.min: write at most max \(got 5\)/],
    [
      "replicas beyond what one worker may run",
      { ...minimal, services: { web: { ...service, replicas: { max: 11 } } } },
      /^services\.web\.replicas\.max: .*got 11/,
    ],
    [
      "a path without a port",
      { ...minimal, services: { web: { path: "/", memory: "64m" } } },
      /^services\.web\.port: missing: write the port that the service listens on/,
    ],
    [
      "hosts without a port",
      { ...minimal, services: { web: { hosts: ["a.example"], memory: "64m" } } },
      /^services\.web\.port: missing: write the port that the service listens on/,
    ],
    ...(
      [
        ["stripPath", true],
        ["maxBody", "20m"],
        ["timeout", 90],
        ["sticky", "client"],
        ["rateLimit", { requestsPerSecond: 1 }],
      ] as const
    ).map(([key, value]): [string, object, RegExp] => [
      `${key} where nginx sends nothing`,
      { ...minimal, services: { web: { port: 80, memory: "64m", [key]: value } } },
      new RegExp(`^services\\.web\\.${key}: without path or hosts nginx sends this service nothing`),
    ]),
    [
      "a capacity that nobody could measure",
      { ...minimal, services: { web: { port: 80, memory: "64m", capacity: { requestsPerSecond: 1 } } } },
      /^services\.web\.capacity: without path or hosts nobody counts the requests/,
    ],
    [
      "metrics without a port to ask for them",
      { ...minimal, services: { web: { memory: "64m", metrics: true } } },
      /^services\.web\.port: missing: write the port on which replicas serve \/metrics/,
    ],
    [
      "a signal without a query",
      { ...minimal, services: { web: { memory: "64m", signals: [{ name: "jobs", query: " ", target: 1 }] } } },
      /^services\.web\.signals\.0\.query: write PromQL with one value/,
    ],
    [
      "a signal of which a replica takes nothing",
      { ...minimal, services: { web: { memory: "64m", signals: [{ name: "jobs", query: "q", target: 0 }] } } },
      /^services\.web\.signals\.0\.target: write more than 0/,
    ],
    [
      "a signal twice",
      {
        ...minimal,
        services: {
          web: {
            memory: "64m",
            signals: [
              { name: "jobs", query: "q", target: 1 },
              { name: "jobs", query: "r", target: 1 },
            ],
          },
        },
      },
      /^services\.web\.signals\.1\.name: jobs is listed twice/,
    ],
    [
      "a text where a number belongs",
      { ...minimal, services: { web: { ...service, port: "80" } } },
      /^services\.web\.port: write a number \(got "80"\)/,
    ],
    [
      "an infinite number",
      { ...minimal, scaling: { headroom: Number.POSITIVE_INFINITY } },
      /^scaling\.headroom: write a number \(got Infinity\)/,
    ],
    ["what is no number", { ...minimal, workers: { min: Number.NaN } }, /^workers\.min: write a number \(got NaN\)/],
    ["a part of a worker", { ...minimal, workers: { min: 1.5 } }, /^workers\.min: write a whole number \(got 1\.5\)/],
    ["a negative number", { ...minimal, workers: { min: -1 } }, /^workers\.min: write at least 1 \(got -1\)/],
    [
      "a path that climbs",
      { ...minimal, services: { web: { ...service, path: "/../" } } },
      /^services\.web\.path: write a path prefix.*got "\/\.\.\/"/,
    ],
    ["a CIDR with host bits", { ...minimal, network: { cidr: "172.16.0.1/16" } }, /^network\.cidr: .*host bits/],
    ["a public CIDR", { ...minimal, network: { cidr: "8.8.0.0/16" } }, /^network\.cidr: use a private range/],
    ["a CIDR that is none", { ...minimal, network: { cidr: "172.16.0.0" } }, /^network\.cidr: write an IPv4 network/],
    ["a zone twice", { ...minimal, network: { zones: ["a", "a"] } }, /^network\.zones: a zone is listed twice/],
    [
      "types of two architectures",
      { ...minimal, workers: { instanceTypes: ["t3.small", "t4g.small"] } },
      /^workers\.instanceTypes: write types of one architecture/,
    ],
    [
      "monitoring on another architecture than the workers",
      { ...minimal, monitoring: { instanceType: "t4g.small" } },
      /^monitoring\.instanceType: write a type whose processor is x86_64 .*got "t4g\.small"/,
    ],
    [
      "a type twice",
      { ...minimal, workers: { instanceTypes: ["t3.small", "t3.small"] } },
      /^workers\.instanceTypes: a type is listed twice/,
    ],
    [
      "a Spot share that is a percentage",
      { ...minimal, workers: { spot: { spotShareAboveBase: 50 } } },
      /^workers\.spot\.spotShareAboveBase: write at most 1 \(got 50\)/,
    ],
    [
      "a network too small for the workers",
      { ...minimal, network: { cidr: "10.0.0.0/24" }, workers: { max: 100 } },
      /^network\.cidr: has room for 37 workers in 2 zones, workers\.max is 100.*\(got "10\.0\.0\.0\/24"\)/,
    ],
    [
      "a certificate that is none",
      { ...minimal, tls: { certificateArn: "arn:aws:iam::123456789012:role/x" } },
      /^tls\.certificateArn: write the certificate's ARN/,
    ],
    ["an account as a number", { ...minimal, deploy: { account: 123456789012 } }, /^deploy\.account: write a text/],
    [
      "a repository without its owner",
      { ...minimal, deploy: { github: { repository: "compose-fleet" } } },
      /^deploy\.github\.repository: write the repository as "owner\/name"/,
    ],
    [
      "an identity provider of an account that is not named",
      { ...minimal, deploy: { github: { repository: "shop/fleet", createProvider: false } } },
      /^deploy\.github\.createProvider: .*write deploy\.account.*\(got false\)/,
    ],
    [
      "a private zone that Ubuntu's resolver never asks DNS for",
      { ...minimal, network: { privateZone: "demo.local" } },
      /^network\.privateZone: write another ending, such as "demo\.internal": names in \.local are never asked of DNS.*\(got "demo\.local"\)/,
    ],
    [
      "one of GitHub's numbers without the other",
      { ...minimal, deploy: { github: { repository: "shop/fleet", ids: { owner: 1 } } } },
      /^deploy\.github\.ids\.repository: /,
    ],
    [
      "GitHub's numbers in the repository's name",
      { ...minimal, deploy: { github: { repository: "shop@1/fleet@2" } } },
      /^deploy\.github\.repository: write the repository as "owner\/name"; its numbers go into ids/,
    ],
    ["an address without a domain", { ...minimal, notify: { email: "ops" } }, /^notify\.email: write an e-mail/],
    [
      "a receiver without TLS",
      { ...minimal, notify: { webhook: { url: "http://ops.example.com" } } },
      /^notify\.webhook\.url: write an https/,
    ],
    [
      "a receiver with a password",
      { ...minimal, notify: { webhook: { url: "https://a:b@ops.example.com" } } },
      /^notify\.webhook\.url: leave out user and password/,
    ],
    [
      "a receiver at a port that is closed",
      { ...minimal, notify: { webhook: { url: "https://ops.example.com:8443/" } } },
      /^notify\.webhook\.url: leave out the port/,
    ],
    [
      "a name instead of the zone's id",
      { ...minimal, dns: { zoneId: "example.com", name: "fleet.example.com" } },
      /^dns\.zoneId: write the zone's id, 32/,
    ],
    ["a budget of nothing", { ...minimal, budget: { monthlyUsd: 0 } }, /^budget\.monthlyUsd: write more than 0/],
    [
      "a rate window shorter than four scrapes",
      { ...minimal, scaling: { metrics: { scrapeSeconds: 5 } } },
      /rateWindowSeconds: write at least 4 × scrapeSeconds \(20\)/,
    ],
    [
      "alerts that are repeated so seldom that the scaler forgets them",
      { ...minimal, scaling: { metrics: { alertRepeatSeconds: 300 } } },
      /alertRepeatSeconds: write at most 120/,
    ],
    [
      "workers that are looked for less than once a minute",
      { ...minimal, scaling: { metrics: { discoverySeconds: 61 } } },
      /discoverySeconds: write at most 60/,
    ],
    [
      "a secret that is also plain",
      { ...minimal, services: { web: { ...service, environment: { KEY: "x" }, secrets: ["KEY"] } } },
      /^services\.web\.secrets\.0: KEY is also in environment/,
    ],
    [
      "a secret of the fleet itself",
      { ...minimal, services: { web: { ...service, secrets: ["API_TOKEN"] } } },
      /^services\.web\.secrets\.0: API_TOKEN is a secret of the fleet itself/,
    ],
    [
      "a memory unit nobody knows",
      { ...minimal, services: { web: { ...service, memory: "1t" } } },
      /^services\.web\.memory: write a whole number and m or g/,
    ],
  ])("%s", (_rule, document, expected) => {
    expect(faultsOf(document)).toEqual(expect.arrayContaining([expect.stringMatching(expected)]));
  });

  test("all at once", () => {
    expect(
      faultsOf({ name: "A", colour: "red", workers: { min: 0 }, services: { web: { ...service, port: 0 } } }),
    ).toHaveLength(4);
  });
});

test("names of resources carry fleet and environment, so that several environments stand side by side", () => {
  const config = parseFleetConfig({ ...minimal, environment: "stage" });
  expect(config.ok && fleetNames(config.config)).toMatchObject({
    group: "fleet-test-stage-workers",
    table: "fleet-test-stage-state",
    replicasParameter: "/fleet/test/stage/replicas",
  });
});

test.each([
  ["192m", 201_326_592],
  ["1g", 1_073_741_824],
])("memory %s is %i bytes", (text, bytes) => {
  expect(memoryBytes(text)).toBe(bytes);
});

test.each([
  ["t3.small", "x86_64"],
  ["g4dn.xlarge", "x86_64"],
  ["c7i-flex.large", "x86_64"],
  ["t4g.small", "arm64"],
  ["m7gd.large", "arm64"],
  ["a1.medium", "arm64"],
])("a %s is %s", (type, architecture) => {
  expect(architectureOf(type)).toBe(architecture);
});

test("the JSON schema lets an editor complete every section", () => {
  expect(Object.keys((fleetJsonSchema() as { properties: object }).properties)).toEqual(
    expect.arrayContaining(["name", "workers", "services", "scaling", "network", "notify", "monitoring"]),
  );
});

describe("the kind of a service is told by what its entry says", () => {
  test.each([
    ["path and port", { path: "/x/", port: 80 }, "http", "/x/"],
    ["hosts and port: all of these hosts", { hosts: ["a.example"], port: 80 }, "http", "/"],
    ["port alone", { port: 80 }, "internal", undefined],
    ["neither", {}, "worker", undefined],
  ])("%s", (_rule, keys, kind, path) => {
    const result = parseFleetConfig({ name: "demo", services: { one: { memory: "64m", ...keys } } });
    if (!result.ok) throw new Error(JSON.stringify(result.faults));
    const { one } = result.config.services;
    expect(one && [kindOf(one), one.path]).toEqual([kind, path]);
    // What was parsed means the same when it is parsed again.
    expect(parseFleetConfig(result.config)).toEqual(result);
  });
});
