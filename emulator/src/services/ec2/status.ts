import type { InstanceStatus } from "@aws-sdk/client-ec2";
import { type Ec2Instance, STATE_CODES } from "../../cloud/instance-store.ts";

type Check = "ok" | "impaired" | "initializing" | "not-applicable";

/**
 * EC2's two status checks. The system check is about the host, the instance check about whether the machine answers on its network,
 * so that it fails too when the host is dead, and alone when the machine is cut off. AWS takes a minute or two to notice; here it is at once.
 */
export function statusChecks(instance: Ec2Instance): { readonly system: Check; readonly instance: Check } {
  if (instance.state !== "running") return { system: "not-applicable", instance: "not-applicable" };
  if (instance.impaired) return { system: "impaired", instance: "impaired" };
  if (instance.cut) return { system: "ok", instance: "impaired" };
  const booted = instance.managed ? "ok" : "initializing";
  return { system: booted, instance: booted };
}

/** One instance as DescribeInstanceStatus shows it. */
export function describeStatus(instance: Ec2Instance): InstanceStatus {
  const checks = statusChecks(instance);
  return {
    InstanceId: instance.id,
    AvailabilityZone: instance.zone,
    InstanceState: { Code: STATE_CODES[instance.state], Name: instance.state },
    SystemStatus: summary(checks.system),
    InstanceStatus: summary(checks.instance),
  };
}

function summary(check: Check) {
  const reachability = ({ ok: "passed", impaired: "failed", initializing: "initializing" } as const)[
    check as Exclude<Check, "not-applicable">
  ];
  return { Status: check, ...(reachability && { Details: [{ Name: "reachability" as const, Status: reachability }] }) };
}
