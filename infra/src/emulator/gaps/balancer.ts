import type { Gap } from "./pass-through.ts";
import { element, mapElements } from "./xml.ts";

interface Addresses {
  readonly allocationId: string | null;
  readonly ipv6Address: string | null;
}

/**
 * Where moto's load balancers differ from AWS's. AWS gives a zone's addresses one by one, the Elastic IP first; Terraform's provider
 * reads the first alone (its issue 49531), so that a mapping with both would change at every apply. moto gave none, which hid it.
 */
export function balancerGaps(): readonly Gap[] {
  const addressesOf = new Map<string, Addresses>();
  return [
    {
      why: "remembers the addresses of each subnet",
      calls: ["elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:SetSubnets"],
      request: (request) => {
        const form = new URLSearchParams(request.body);
        for (let index = 1; form.has(`SubnetMappings.member.${index}.SubnetId`); index += 1) {
          const at = (name: string) => form.get(`SubnetMappings.member.${index}.${name}`);
          addressesOf.set(at("SubnetId") ?? "", { allocationId: at("AllocationId"), ipv6Address: at("IPv6Address") });
        }
        return request;
      },
    },
    {
      why: "moto forgets the addresses",
      calls: ["elasticloadbalancing:DescribeLoadBalancers"],
      answer: (answer) => ({
        ...answer,
        body: mapElements(answer.body, "AvailabilityZones", (zones) =>
          mapElements(zones, "member", (zone) => {
            const addresses = addressesOf.get(element(zone, "SubnetId") ?? "");
            return addresses === undefined ? zone : `${zone}${listed(addresses)}`;
          }),
        ),
      }),
    },
  ];
}

function listed({ allocationId, ipv6Address }: Addresses): string {
  const members = [
    ...(allocationId ? [`<AllocationId>${allocationId}</AllocationId>`] : []),
    ...(ipv6Address ? [`<IPv6Address>${ipv6Address}</IPv6Address>`] : []),
  ];
  return `<LoadBalancerAddresses>${members.map((member) => `<member>${member}</member>`).join("")}</LoadBalancerAddresses>`;
}
