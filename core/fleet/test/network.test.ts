import { expect, test } from "vitest";
import { subnetCidr } from "../src/index.ts";

test.each([
  ["172.16.0.0/16", 0, "172.16.0.0/19"],
  ["172.16.0.0/16", 1, "172.16.32.0/19"],
  ["192.168.7.0/24", 5, "192.168.7.160/27"],
  ["10.1.240.0/20", 7, "10.1.254.0/23"],
])("subnets of %s: number %i is %s", (vpc, index, expected) => {
  expect(subnetCidr(vpc, index)).toBe(expected);
});
