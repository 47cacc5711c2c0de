import { expect, test } from "vitest";
import { unexplainedDrift } from "./drift.ts";

test("what is allowed is explained, everything else is not", () => {
  const allowed = [{ address: /^aws_lb\.balancer$/, why: "moto forgets the subnets' addresses" }];
  expect(unexplainedDrift(["aws_lb.balancer", "aws_lb.balancer2", "aws_vpc.a"], allowed)).toEqual([
    "aws_lb.balancer2",
    "aws_vpc.a",
  ]);
});
