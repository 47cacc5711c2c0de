/** What EC2 says when it has no machine of a type left in a zone, as a scaling activity quotes it. */
function noCapacity(instanceType: string, zone: string): string {
  return `Could not launch On-Demand Instances. InsufficientInstanceCapacity - We currently do not have sufficient ${instanceType} capacity in the Availability Zone you requested (${zone}). Our system will be working on provisioning additional capacity.`;
}

/** What EC2 says when Spot has no machine of any of the group's types. The group tries again, and does not turn to on demand. */
function noSpotCapacity(): string {
  return "Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity due to your request configuration. Please adjust your request and try again. Launching EC2 instance failed.";
}

/** Why EC2 launches nothing now; undefined when it does. */
export function launchRefusal(
  { launchesFail, spotIsOut }: { readonly launchesFail: boolean; readonly spotIsOut: boolean },
  machine: { readonly instanceType: string; readonly zone: string; readonly lifecycle: "on-demand" | "spot" },
): string | undefined {
  if (machine.lifecycle === "spot" && (launchesFail || spotIsOut)) return noSpotCapacity();
  return launchesFail ? noCapacity(machine.instanceType, machine.zone) : undefined;
}
