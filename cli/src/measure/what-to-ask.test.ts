import { parseFleetConfig } from "@compose-fleet/fleet";
import { expect, test } from "vitest";
import { problemOf } from "./ask-once.ts";
import { whatToAsk } from "./what-to-ask.ts";

const web = { path: "/", port: 80, memory: "64m" };
const parsed = parseFleetConfig({
  name: "shop",
  services: {
    web,
    api: { ...web, path: "/api/", hosts: ["*.shop.example.com"] },
    pdf: { port: 80, memory: "64m" },
    mailer: { memory: "64m" },
    limited: { ...web, path: "/limited/", rateLimit: { requestsPerSecond: 10 } },
    staff: { ...web, path: "/staff/", basicAuth: ["STAFF_LOGIN"] },
  },
});
if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
const { config } = parsed;
const ask = (service: string, path?: string) =>
  whatToAsk(config, { service, path, method: "GET" }, "http://127.0.0.1:18080");

test("a service is asked at its own path, on a host that it has", () => {
  expect(ask("web")).toEqual({ target: "http://127.0.0.1:18080/", method: "GET", host: undefined });
  expect(ask("api", "/api/search?q=1")).toEqual({
    target: "http://127.0.0.1:18080/api/search?q=1",
    method: "GET",
    host: "measured.shop.example.com",
  });
});

test.each([
  ["nobody", undefined, 'The fleet has no service "nobody". It has: web, api, pdf, mailer, limited, staff.'],
  ["pdf", undefined, "pdf is internal: only other services call it"],
  ["mailer", undefined, "mailer is a worker: nobody calls it"],
  ["api", "/shop", "/shop is not a path of api, which has everything below /api/"],
  ["limited", undefined, "limited has rateLimit"],
  ["staff", undefined, "staff has basicAuth"],
])("%s at %s is refused with why", (service, path, words) => {
  expect(() => ask(service, path)).toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.stringContaining(words) }),
  );
});

test.each([
  [200, undefined],
  [204, undefined],
  [301, "--path"],
  [401, "basicAuth"],
  [404, "--path"],
  [405, "--method"],
  [429, "rateLimit"],
  [500, "--path"],
  [503, "local status"],
] as const)("an answer of %s", (status, advice) => {
  const problem = problemOf(status, "/elsewhere");
  if (advice === undefined) expect(problem).toBeUndefined();
  else expect(problem).toContain(advice);
});
