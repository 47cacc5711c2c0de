import { expect, test } from "vitest";
import { createMotoGaps } from "./moto-gaps.ts";
import type { Answer } from "./pass-through.ts";

const ec2 = (body: string) => ({ method: "POST", url: "/", headers: {}, body });
const answer = (body: string): Answer => ({ status: 200, headers: {}, body });

/** What the gaps make of a call and of the emulator's answer. */
function through(gaps: ReturnType<typeof createMotoGaps>, call: string, body: string, answered: string, status = 200) {
  const concerned = gaps.filter(({ calls }) => calls.includes(call));
  return {
    asked: concerned.reduce((request, gap) => gap.request?.(request) ?? request, ec2(body)).body,
    answered: concerned.reduce((given, gap) => gap.answer?.(given, ec2(body)) ?? given, { ...answer(answered), status })
      .body,
  };
}

test("a subnet is found by the association of its IPv6 block", () => {
  const gaps = createMotoGaps();
  const associated = "<subnetId>subnet-1</subnetId><associationId>assoc-1</associationId>";
  through(gaps, "ec2:AssociateSubnetCidrBlock", "Action=AssociateSubnetCidrBlock", associated);
  const filter =
    "Action=DescribeSubnets&Filter.1.Name=ipv6-cidr-block-association.association-id&Filter.1.Value.1=assoc-1";
  expect(through(gaps, "ec2:DescribeSubnets", filter, "").asked).toBe("Action=DescribeSubnets&SubnetId.1=subnet-1");
});

test("another filter stays", () => {
  const filter = "Action=DescribeSubnets&Filter.1.Name=vpc-id&Filter.1.Value.1=vpc-1";
  expect(through(createMotoGaps(), "ec2:DescribeSubnets", filter, "").asked).toBe(filter);
});

test.each(["{'State': 'associated'}", "{&#39;State&#39;: &#39;associated&#39;}"])(
  "the state %s has a name",
  (state) => {
    expect(through(createMotoGaps(), "ec2:DescribeSubnets", "", `<state>${state}</state>`).answered).toBe(
      "<state>associated</state>",
    );
  },
);

test("CodeDeploy's times are seconds, its groups objects", () => {
  const given = JSON.stringify({
    deploymentGroupInfo: { createTime: "2026-01-01T00:00:00.000Z", autoScalingGroups: ["workers"], name: "Time" },
  });
  expect(JSON.parse(through(createMotoGaps(), "codedeploy:GetDeploymentGroup", "", given).answered)).toEqual({
    deploymentGroupInfo: { createTime: 1_767_225_600, autoScalingGroups: [{ name: "workers" }], name: "Time" },
  });
});

test.each([
  ["fails on them: there are none", 500, expect.stringContaining("<InstanceRefreshes/>")],
  ["knows some: they are these", 200, "some"],
])("instance refreshes, where the emulator %s", (_rule, status, answered) => {
  expect(through(createMotoGaps(), "autoscaling:DescribeInstanceRefreshes", "", "some", status).answered).toEqual(
    answered,
  );
});
