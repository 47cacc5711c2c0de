import { expect, test } from "vitest";
import { firstNewReplica, replicasSince, servedRequests } from "./access-log.ts";

const line = (second: number, upstream: string, status = 200, service = "service-a") =>
  `${service} ${status} 0.030 ${second}.500 10.0.0.1 ${upstream} 0.030 "POST /api/hello" 13`;

test.each<[string, string[], number | undefined]>([
  ["the first answer of another one", [line(6, "10.0.0.3:3000"), line(7, "10.0.0.3:3000")], 6_500],
  ["only the old replica", [line(6, "10.0.0.2:3000")], undefined],
  ["what it answered before does not count", [line(4, "10.0.0.3:3000")], undefined],
  ["an error is no served request", [line(6, "10.0.0.3:3000", 502)], undefined],
  ["another service", [line(6, "10.0.0.3:3000", 200, "service-b")], undefined],
  ["a request that was tried twice names no single replica", [line(6, "10.0.0.3:3000, 10.0.0.2:3000")], undefined],
])("new replica: %s", (_rule, lines, expected) => {
  const requests = servedRequests(lines.join("\n"), "service-a");
  expect(firstNewReplica(requests, new Set(["10.0.0.2:3000"]), 5_000)).toBe(expected);
});

test("the known replicas are those of late: Docker gives the address of one that is gone to the next", () => {
  const requests = servedRequests([line(1, "10.0.0.3:3000"), line(6, "10.0.0.2:3000")].join("\n"), "service-a");
  expect(replicasSince(requests, 5_000)).toEqual(new Set(["10.0.0.2:3000"]));
});
