import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hiddenRoutes, parseFleetConfig, routesByHost } from "../src/index.ts";
import { routeProblems } from "../src/routes.ts";

const service = (path: string, ...hosts: string[]) => ({ path, hosts });
const problemsOf = (services: Parameters<typeof routeProblems>[0]) =>
  routeProblems(services).map(({ path, message }) => `${path.join(".")}: ${message}`);

describe("two services on one host and path are refused", () => {
  test.each<[string, Parameters<typeof routeProblems>[0], string[]]>([
    [
      "on every host",
      { a: service("/x/"), b: service("/x/") },
      ["services.b.path: /x/ already belongs to a: choose another"],
    ],
    [
      "on one of their hosts",
      { a: service("/", "one.example", "two.example"), b: service("/", "two.example") },
      ["services.b.path: / on two.example already belongs to a: choose another, or another host"],
    ],
    [
      "on one wildcard",
      { a: service("/", "*.example.com"), b: service("/", "*.example.com") },
      ["services.b.path: / on *.example.com already belongs to a: choose another, or another host"],
    ],
    ["but not on two hosts", { a: service("/", "one.example"), b: service("/", "two.example") }, []],
    ["but not with one for all other hosts", { a: service("/", "one.example"), b: service("/") }, []],
    ["but not with one for a host of a wildcard", { a: service("/", "a.example"), b: service("/", "*.example") }, []],
    ["but not one below the other", { a: service("/"), b: service("/api/"), c: service("/api/v1/") }, []],
  ])("%s", (_rule, services, problems) => {
    expect(problemsOf(services)).toEqual(problems);
  });
});

describe("on a host", () => {
  test.each<[string, Parameters<typeof routesByHost>[0], string[]]>([
    [
      "services without hosts answer as well",
      { shop: service("/shop/", "a.b"), api: service("/api/") },
      ["shop", "api"],
    ],
    ["but not below a path of one that names it", { shop: service("/", "a.b"), api: service("/api/") }, ["shop"]],
    [
      "and not below a path of one that names it by a wildcard",
      { own: service("/own/", "a.b"), shop: service("/shop/", "*.b"), api: service("/shop/x/") },
      ["own", "shop"],
    ],
    [
      "a longer wildcard comes before a shorter one",
      { other: service("/", "a.b.c"), long: service("/x/", "*.b.c"), short: service("/x/", "*.c") },
      ["other"],
    ],
    ["of others' hosts nothing is served", { shop: service("/", "a.b"), other: service("/x/", "c.d") }, ["shop"]],
  ])("%s", (_rule, services, names) => {
    expect(routesByHost(services)[0]?.services.map(([name]) => name) ?? []).toEqual(names);
  });
});

describe("whatever services there are", () => {
  const hosts = ["a.example", "b.example", "*.example", "x.a.example", "*.a.example"];
  const paths = ["/", "/a/", "/a/b/", "/c/"];
  const services = fc.dictionary(
    fc.stringMatching(/^[a-z]$/),
    fc.record({ path: fc.constantFrom(...paths), hosts: fc.uniqueArray(fc.constantFrom(...hosts), { maxLength: 3 }) }),
    { minKeys: 1, maxKeys: 6, noNullPrototype: true },
  );
  const accepted = services.filter((candidate) => routeProblems(candidate).length === 0);

  test("accepted ones never have one path twice on a host", () => {
    fc.assert(
      fc.property(accepted, (candidate) => {
        for (const { services: own } of routesByHost(candidate))
          expect(new Set(own.map(([, { path }]) => path)).size).toBe(own.length);
      }),
    );
  });
  test("an accepted one answers at its path on each of its hosts", () => {
    fc.assert(
      fc.property(accepted, (candidate) => {
        for (const { host, services: own } of routesByHost(candidate)) {
          const names = own.map(([name]) => name);
          const named = Object.entries(candidate).filter(([, service]) => service.hosts.includes(host));
          expect(names).toEqual(expect.arrayContaining(named.map(([name]) => name)));
        }
      }),
    );
  });
  test("those that name a host lose none of its paths to one that does not", () => {
    fc.assert(
      fc.property(accepted, (candidate) => {
        for (const { host, services: own } of routesByHost(candidate)) {
          const named = own.filter(([, service]) => service.hosts.includes(host));
          const others = own.filter(([, service]) => !service.hosts.includes(host));
          for (const [, { path }] of others)
            expect(named.filter(([, service]) => path.startsWith(service.path))).toEqual([]);
        }
      }),
    );
  });
  test("refused are those alone that share host and path", () => {
    fc.assert(
      fc.property(services, (candidate) => {
        const keys = Object.values(candidate).flatMap(({ path, hosts: own }) =>
          (own.length > 0 ? own : [""]).map((host) => `${host} ${path}`),
        );
        expect(routeProblems(candidate).length > 0).toBe(new Set(keys).size < keys.length);
      }),
    );
  });
});

describe("what nobody would reach is told", () => {
  const base = { port: 80, memory: "64m", capacity: { requestsPerSecond: 5 } };
  test.each(["/nginx-health/", "/nginx-health/deep/", "/.fleet-unavailable/", "/.fleet-maintenance/x/"])(
    "%s is the fleet's own",
    (path) => {
      const parsed = parseFleetConfig({ name: "demo", services: { web: { ...base, path } } });
      expect(parsed.ok ? [] : parsed.faults.map(({ message }) => message)).toEqual([
        expect.stringMatching(/^\/[a-z.-]+\/ is answered by nginx itself: choose another/),
      ]);
    },
  );
  const hidden = (services: Record<string, { path: string; hosts?: string[] }>): string[] =>
    hiddenRoutes(Object.fromEntries(Object.entries(services).map(([name, of]) => [name, { hosts: [], ...of }]))).map(
      ({ path, message }) => `${path.join(".")}: ${message}`,
    );
  test.each<[string, Record<string, { path: string; hosts?: string[] }>, string[]]>([
    ["a longer path hides nothing", { all: { path: "/" }, api: { path: "/api/" } }, []],
    [
      "a host's / hides what is on every host",
      { shop: { path: "/", hosts: ["shop.example"] }, api: { path: "/api/" } },
      [
        expect.stringMatching(
          /^services\.api\.path: \/api\/ is not reached on shop\.example, where shop has everything below \/: write hosts: \[shop\.example\] for api/,
        ),
      ],
    ],
    [
      "and what a wildcard names, on that host alone",
      { shop: { path: "/", hosts: ["a.example.com"] }, docs: { path: "/docs/", hosts: ["*.example.com"] } },
      [expect.stringContaining("/docs/ is not reached on a.example.com")],
    ],
    [
      "not what names it too",
      { shop: { path: "/", hosts: ["a.example"] }, api: { path: "/api/", hosts: ["a.example"] } },
      [],
    ],
    ["nor what lies elsewhere", { shop: { path: "/shop/", hosts: ["a.example"] }, api: { path: "/api/" } }, []],
  ])("%s", (_rule, services, expected) => {
    expect(hidden(services)).toEqual(expected);
  });
});
