import type { Gap } from "./pass-through.ts";
import { element, mapElements } from "./xml.ts";

/** Where moto's instances, launch templates and groups of them differ from AWS's. */
export function machineGaps(): readonly Gap[] {
  return [templateTags, recovery, hookTargets, ...keptPolicies(), noRefreshes];
}

/** What tags the template itself says nothing of the instances that it launches: AWS does not give it back as its data. */
const templateTags: Gap = {
  why: "moto puts the tags of a launch template into what it launches",
  calls: ["ec2:DescribeLaunchTemplateVersions"],
  answer: (answer) => ({
    ...answer,
    body: mapElements(answer.body, "tagSpecificationSet", (set) =>
      mapElements(set, "item", (item) =>
        element(item, "resourceType") === "launch-template" ? GONE : item,
      ).replaceAll(`<item>${GONE}</item>`, ""),
    ),
  }),
};
const GONE = "\u0000";

/** Every instance recovers by itself unless it was told not to. */
const recovery: Gap = {
  why: "moto knows no maintenance options; AWS's are this, where nobody says otherwise",
  calls: ["ec2:DescribeInstances"],
  answer: (answer) => ({
    ...answer,
    body: mapElements(answer.body, "instancesSet", (set) =>
      mapElements(set, "item", (item) =>
        item.includes("<maintenanceOptions>")
          ? item
          : `${item}<maintenanceOptions><autoRecovery>default</autoRecovery></maintenanceOptions>`,
      ),
    ),
  }),
};

/** A hook without a target has none. */
const hookTargets: Gap = {
  why: "moto invents a queue and a role for every hook",
  calls: ["autoscaling:DescribeLifecycleHooks"],
  answer: (answer) => ({
    ...answer,
    body: answer.body
      .replaceAll("<NotificationTargetARN>arn:aws:sqs:us-east-1:123456789012:my-queue</NotificationTargetARN>", "")
      .replaceAll("<RoleARN>arn:aws:iam::1234567890:role/my-auto-scaling-role</RoleARN>", ""),
  }),
};

/** A change that does not speak of the instances' policy leaves it as it is. */
function keptPolicies(): readonly Gap[] {
  const prefix = "MixedInstancesPolicy.";
  const policyOf = new Map<string, readonly (readonly [string, string])[]>();
  return [
    {
      why: "moto forgets the instances' policy at a change that leaves it out",
      calls: ["autoscaling:CreateAutoScalingGroup", "autoscaling:UpdateAutoScalingGroup"],
      request: (request) => {
        const form = new URLSearchParams(request.body);
        const name = form.get("AutoScalingGroupName") ?? "";
        const policy = [...form].filter(([key]) => key.startsWith(prefix));
        if (policy.length > 0) policyOf.set(name, policy);
        else for (const [key, value] of policyOf.get(name) ?? []) form.append(key, value);
        return { ...request, body: form.toString() };
      },
    },
  ];
}

/** moto has no instance refreshes, and so none that runs; wh asks before it ends a worker. */
const noRefreshes: Gap = {
  why: "moto fails where it should say that there are none",
  calls: ["autoscaling:DescribeInstanceRefreshes"],
  answer: (answer) =>
    answer.status < 500
      ? answer
      : {
          status: 200,
          headers: { "content-type": "text/xml" },
          body: "<DescribeInstanceRefreshesResponse><DescribeInstanceRefreshesResult><InstanceRefreshes/></DescribeInstanceRefreshesResult></DescribeInstanceRefreshesResponse>",
        },
};
