import type { Gap } from "./pass-through.ts";
import { element, mapElements } from "./xml.ts";

const ASSOCIATION_FILTER = "ipv6-cidr-block-association.association-id";

/** Where moto's VPC differs from AWS's. */
export function networkGaps(): readonly Gap[] {
  return [...subnetAddresses(), ...ruleDescriptions()];
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

/** moto keeps the description of a rule whose other side is addresses, and forgets it where the other side is a group. */
function ruleDescriptions(): readonly Gap[] {
  const descriptionOf = new Map<string, string>();
  return [
    {
      why: "remembers what a rule between groups was said to be for",
      calls: ["ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress"],
      answer: (answer, request) => {
        const rule = element(answer.body, "securityGroupRuleId");
        const description = new URLSearchParams(request.body).get("IpPermissions.1.Groups.1.Description");
        if (rule !== undefined && description !== null) descriptionOf.set(rule, description);
        return answer;
      },
    },
    {
      why: "moto forgets it",
      calls: ["ec2:DescribeSecurityGroupRules"],
      answer: (answer) => ({
        ...answer,
        body: mapElements(answer.body, "item", (item) => {
          const description = descriptionOf.get(element(item, "securityGroupRuleId") ?? "");
          return description === undefined || item.includes("<description>")
            ? item
            : `${item}<description>${description}</description>`;
        }),
      }),
    },
  ];
}
