import { expect, test } from "vitest";
import type { Answer } from "./gaps/pass-through.ts";
import { createMotoGaps } from "./moto-gaps.ts";

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

const template = (type: string) =>
  `<item><resourceType>${type}</resourceType><tagSet><item><key>a</key></item></tagSet></item>`;
const zone = "<member><ZoneName>a</ZoneName><SubnetId>subnet-1</SubnetId></member>";

test.each<[string, string, string, string, string]>([
  [
    "the tags of a launch template are not those of its instances",
    "ec2:DescribeLaunchTemplateVersions",
    "",
    `<tagSpecificationSet>${template("instance")}${template("launch-template")}</tagSpecificationSet>`,
    `<tagSpecificationSet>${template("instance")}</tagSpecificationSet>`,
  ],
  [
    "an instance recovers by itself",
    "ec2:DescribeInstances",
    "",
    "<instancesSet><item><id>i-1</id><tagSet><item><key>a</key></item></tagSet></item></instancesSet>",
    "<instancesSet><item><id>i-1</id><tagSet><item><key>a</key></item></tagSet><maintenanceOptions><autoRecovery>default</autoRecovery></maintenanceOptions></item></instancesSet>",
  ],
  [
    "a hook has no target that nobody gave it",
    "autoscaling:DescribeLifecycleHooks",
    "",
    "<member><RoleARN>arn:aws:iam::1234567890:role/my-auto-scaling-role</RoleARN><A/></member>",
    "<member><A/></member>",
  ],
  [
    "a mail's subscription waits for its confirmation",
    "sns:GetSubscriptionAttributes",
    "",
    "<key>PendingConfirmation</key><value>false</value><key>Protocol</key><value>email</value>",
    "<key>PendingConfirmation</key><value>true</value><key>Protocol</key><value>email</value>",
  ],
  [
    "a queue's does not",
    "sns:GetSubscriptionAttributes",
    "",
    "<key>PendingConfirmation</key><value>false</value><key>Protocol</key><value>sqs</value>",
    "<key>PendingConfirmation</key><value>false</value><key>Protocol</key><value>sqs</value>",
  ],
  [
    "JSON within JSON has no blanks",
    "sqs:GetQueueAttributes",
    "",
    '{"Attributes":{"RedrivePolicy":"{\\"a\\": 1, \\"b\\": 2}","Other":"a: b"}}',
    '{"Attributes":{"RedrivePolicy":"{\\"a\\":1,\\"b\\":2}","Other":"a: b"}}',
  ],
  [
    "a deployment group without a load balancer has none",
    "codedeploy:GetDeploymentGroup",
    "",
    '{"deploymentGroupInfo":{"loadBalancerInfo":{}}}',
    '{"deploymentGroupInfo":{}}',
  ],
])("%s", (_rule, call, asked, given, expected) => {
  expect(through(createMotoGaps(), call, asked, given).answered).toBe(expected);
});

test("a zone's addresses are given one by one, the Elastic IP first, as Terraform's provider stumbles over", () => {
  const gaps = createMotoGaps();
  const mapping = "SubnetMappings.member.1";
  const asked = `Action=CreateLoadBalancer&${mapping}.SubnetId=subnet-1&${mapping}.AllocationId=eip-1&${mapping}.IPv6Address=2001%3Adb8%3A%3A1`;
  through(gaps, "elasticloadbalancing:CreateLoadBalancer", asked, "");
  const given = `<AvailabilityZones>${zone}</AvailabilityZones><SecurityGroups><member>sg-1</member></SecurityGroups>`;
  expect(through(gaps, "elasticloadbalancing:DescribeLoadBalancers", "", given).answered).toContain(
    "<SubnetId>subnet-1</SubnetId><LoadBalancerAddresses><member><AllocationId>eip-1</AllocationId></member><member><IPv6Address>2001:db8::1</IPv6Address></member></LoadBalancerAddresses>",
  );
});

test("a change of a group that does not speak of its instances leaves them as they were", () => {
  const gaps = createMotoGaps();
  const create = "Action=CreateAutoScalingGroup&AutoScalingGroupName=g&MixedInstancesPolicy.LaunchTemplate.Version=1";
  expect(through(gaps, "autoscaling:CreateAutoScalingGroup", create, "").asked).toBe(create);
  const update = "Action=UpdateAutoScalingGroup&AutoScalingGroupName=g&MaxSize=3";
  expect(through(gaps, "autoscaling:UpdateAutoScalingGroup", update, "").asked).toBe(
    `${update}&MixedInstancesPolicy.LaunchTemplate.Version=1`,
  );
  const other = "Action=UpdateAutoScalingGroup&AutoScalingGroupName=other&MaxSize=3";
  expect(through(gaps, "autoscaling:UpdateAutoScalingGroup", other, "").asked).toBe(other);
});

test("a rule between groups keeps what it is for", () => {
  const gaps = createMotoGaps();
  const rule = "<securityGroupRuleId>sgr-1</securityGroupRuleId>";
  through(
    gaps,
    "ec2:AuthorizeSecurityGroupIngress",
    "IpPermissions.1.Groups.1.Description=scrapes",
    `<item>${rule}</item>`,
  );
  const given = `<item>${rule}<tagSet/></item><item><securityGroupRuleId>sgr-2</securityGroupRuleId></item>`;
  expect(through(gaps, "ec2:DescribeSecurityGroupRules", "", given).answered).toBe(
    `<item>${rule}<tagSet/><description>scrapes</description></item><item><securityGroupRuleId>sgr-2</securityGroupRuleId></item>`,
  );
});

test.each([
  [
    "<HostedZoneConfig><Comment>c</Comment></HostedZoneConfig><VPC>v</VPC>",
    "<HostedZoneConfig><Comment>c</Comment><PrivateZone>true</PrivateZone></HostedZoneConfig><VPC>v</VPC>",
  ],
  ["<VPC>v</VPC>", "<HostedZoneConfig><PrivateZone>true</PrivateZone></HostedZoneConfig><VPC>v</VPC>"],
  ["<Name>public</Name>", "<Name>public</Name>"],
])("a zone that is made with a VPC is private: %s", (asked, expected) => {
  expect(through(createMotoGaps(), "route53:CreateHostedZone", asked, "").asked).toBe(expected);
});

test("a composite alarm is made by the call that moto knows, and comes back as what it is", () => {
  const gaps = createMotoGaps();
  const { asked, answered } = through(
    gaps,
    "cloudwatch:PutCompositeAlarm",
    "Action=PutCompositeAlarm&AlarmName=a&AlarmRule=OK%28%22b%22%29",
    "<PutMetricAlarmResponse></PutMetricAlarmResponse>",
  );
  expect([asked, answered]).toEqual([
    "Action=PutMetricAlarm&AlarmName=a",
    "<PutCompositeAlarmResponse></PutCompositeAlarmResponse>",
  ]);
  const given = "<MetricAlarms><member><AlarmName>a</AlarmName></member></MetricAlarms><CompositeAlarms/>";
  const asking = "Action=DescribeAlarms&AlarmTypes.member.1=CompositeAlarm";
  expect(through(gaps, "cloudwatch:DescribeAlarms", asking, given).answered).toBe(
    '<CompositeAlarms><member><AlarmName>a</AlarmName><AlarmRule>OK("b")</AlarmRule></member></CompositeAlarms>',
  );
  expect(through(gaps, "cloudwatch:DescribeAlarms", "Action=DescribeAlarms", given).answered).toBe(given);
});
