/** What EC2 says when it has no machine of a type left in a zone, as a scaling activity quotes it. */
export function noCapacity(instanceType: string, zone: string): string {
  return `Could not launch On-Demand Instances. InsufficientInstanceCapacity - We currently do not have sufficient ${instanceType} capacity in the Availability Zone you requested (${zone}). Our system will be working on provisioning additional capacity.`;
}
