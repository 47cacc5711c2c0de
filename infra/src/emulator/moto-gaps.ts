import type { AllowedDrift } from "./drift.ts";
import type { Gap } from "./pass-through.ts";
import { tlsOnlyPolicies } from "./tls-only-policies.ts";

const ASSOCIATION_FILTER = "ipv6-cidr-block-association.association-id";

/** Where moto 5.2 differs from AWS so that Terraform stumbles. One list per emulator: some remember what they saw. */
export function createMotoGaps(): readonly Gap[] {
  return [...subnetAddresses(), deploymentAnswers, deploymentEnds, noRefreshes, ...tlsOnlyPolicies()];
}

/** moto fails on a look for a subnet by the association of its IPv6 block, which Terraform waits for. */
function subnetAddresses(): readonly Gap[] {
  const subnetOf = new Map<string, string>();
  return [
    {
      why: "remembers which subnet an association belongs to",
      calls: ["ec2:AssociateSubnetCidrBlock"],
      answer: (answer) => {
        const association = element(answer.body, "associationId");
        const subnet = element(answer.body, "subnetId");
        if (association !== undefined && subnet !== undefined) subnetOf.set(association, subnet);
        return answer;
      },
    },
    {
      why: "moto knows no filter by association",
      calls: ["ec2:DescribeSubnets"],
      request: (request) => {
        const form = new URLSearchParams(request.body);
        const subnet = subnetOf.get(form.get("Filter.1.Value.1") ?? "");
        if (form.get("Filter.1.Name") !== ASSOCIATION_FILTER || subnet === undefined) return request;
        form.delete("Filter.1.Name");
        form.delete("Filter.1.Value.1");
        form.set("SubnetId.1", subnet);
        return { ...request, body: form.toString() };
      },
      // It prints the state's whole object where its name belongs.
      answer: (answer) => ({
        ...answer,
        body: answer.body.replaceAll(
          /\{(?:'|&#39;|&#x27;)State(?:'|&#39;|&#x27;): (?:'|&#39;|&#x27;)(\w+)(?:'|&#39;|&#x27;)\}/g,
          "$1",
        ),
      }),
    },
  ];
}

/** moto writes a time as text where CodeDeploy writes seconds, and a group as its name where CodeDeploy writes an object. */
const deploymentAnswers: Gap = {
  why: "moto gives CodeDeploy's answers other types",
  calls: ["codedeploy:GetApplication", "codedeploy:GetDeploymentGroup", "codedeploy:GetDeployment"],
  answer: (answer) => ({
    ...answer,
    body: JSON.stringify(
      JSON.parse(answer.body, (key, value: unknown) => {
        if (key.endsWith("Time") && typeof value === "string") return Date.parse(value) / 1000;
        if (key !== "autoScalingGroups" || !Array.isArray(value)) return value;
        return value.map((group: unknown) => (typeof group === "string" ? { name: group } : group));
      }),
    ),
  }),
};

/** moto cannot delete these; all of it ends with the run. */
const deploymentEnds: Gap = {
  why: "moto fails on the end of CodeDeploy's groups and applications",
  calls: ["codedeploy:DeleteDeploymentGroup", "codedeploy:DeleteApplication"],
  answer: (answer) => (answer.status < 500 ? answer : { ...answer, status: 200, body: "{}" }),
};

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

function element(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml)?.[1];
}

/** What a second plan may want to change on moto, and why. */
export const allowedDrift: readonly AllowedDrift[] = [
  {
    type: "aws_autoscaling_group",
    attributes: ["mixed_instances_policy", "capacity_reservation_specification"],
    why: "moto does not give the policy back",
  },
  {
    type: "aws_autoscaling_lifecycle_hook",
    attributes: ["notification_target_arn", "role_arn"],
    why: "moto invents a queue and a role for every hook",
  },
  {
    type: "aws_codedeploy_deployment_group",
    attributes: ["alarm_configuration", "load_balancer_info"],
    why: "moto gives no alarms back, and an empty load balancer",
  },
  { type: "aws_launch_template", attributes: ["tag_specifications"], why: "moto keeps them otherwise than given" },
  {
    type: "aws_instance",
    attributes: ["credit_specification", "hibernation", "launch_template", "maintenance_options"],
    why: "it follows the launch template, and moto knows no recovery",
  },
  { type: "aws_volume_attachment", attributes: [], why: "it follows the instance" },
  { type: "aws_lb", attributes: ["subnet_mapping"], why: "moto forgets the addresses" },
  { type: "aws_route53_zone", attributes: ["vpc"], why: "moto does not give the VPC back" },
  { type: "aws_sqs_queue", attributes: ["redrive_policy"], why: "moto writes the same JSON with blanks" },
  {
    type: "aws_vpc_security_group_egress_rule",
    attributes: ["description"],
    why: "moto forgets it where the other side is a group",
  },
  {
    type: "aws_vpc_security_group_ingress_rule",
    attributes: ["description"],
    why: "moto forgets it where the other side is a group",
  },
];
