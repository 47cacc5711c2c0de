/** How one XML protocol names things: the element of a list, and the element of a member inside its parent. */
export interface XmlStyle {
  readonly listElement: string;
  readonly memberName: (parent: string, member: string) => string;
}

/** Auto Scaling's style: members keep their names, lists hold `member` elements. */
export const queryStyle: XmlStyle = { listElement: "member", memberName: (_parent, member) => member };

/** EC2's names that are not just the member's with a small first letter, by `Parent.Member`. */
const EC2_NAMES: Readonly<Record<string, string>> = {
  "DescribeInstancesResponse.Reservations": "reservationSet",
  "DescribeInstanceStatusResponse.InstanceStatuses": "instanceStatusSet",
  "Reservations.Instances": "instancesSet",
  "Reservations.Groups": "groupSet",
  "Instances.Tags": "tagSet",
  "Instances.State": "instanceState",
  "Instances.PrivateDnsName": "privateDnsName",
  "Instances.SecurityGroups": "groupSet",
  "Instances.NetworkInterfaces": "networkInterfaceSet",
  "DescribeAvailabilityZonesResponse.AvailabilityZones": "availabilityZoneInfo",
  "AvailabilityZones.State": "zoneState",
};

/** EC2's style: small first letters, lists of `item` in elements that end in `Set`. */
export const ec2Style: XmlStyle = {
  listElement: "item",
  memberName: (parent, member) => EC2_NAMES[`${parent}.${member}`] ?? member.charAt(0).toLowerCase() + member.slice(1),
};

/** Serializes an output structure. `name` is the member it stands for; absent members are left out. */
export function toXml(value: unknown, name: string, style: XmlStyle): string {
  if (value === undefined || value === null) return "";
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value))
    return value.map((item) => `<${style.listElement}>${toXml(item, name, style)}</${style.listElement}>`).join("");
  if (typeof value === "object")
    return Object.entries(value)
      .filter(([, member]) => member !== undefined && member !== null)
      .map(([member, inner]) => {
        const element = style.memberName(name, member);
        return `<${element}>${toXml(inner, member, style)}</${element}>`;
      })
      .join("");
  return escapeXml(String(value));
}

/** Escapes text for element content; characters that XML cannot hold are dropped. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
