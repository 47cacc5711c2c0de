import { z } from "zod";
import type { Ec2Instance } from "../../cloud/instance-store.ts";
import { AwsError } from "../../refusals/aws-error.ts";
import { statusChecks } from "./status.ts";

/** A filter of a Describe call as the query protocol carries it. */
export const filterSchema = z.object({ Name: z.string(), Value: z.array(z.string()).min(1).max(200) });

export type Ec2Filter = z.output<typeof filterSchema>;

/** Whether an instance passes all filters; within one, any value does. Throws `AwsError` for a filter that is not supported. */
export function matchesFilters(instance: Ec2Instance, filters: readonly Ec2Filter[]): boolean {
  return filters.every((filter) => {
    const actual = valuesOf(instance, filter.Name);
    return filter.Value.some((pattern) => actual.some((value) => wildcard(pattern).test(value)));
  });
}

function valuesOf(instance: Ec2Instance, name: string): readonly string[] {
  if (name.startsWith("tag:")) {
    const key = name.slice("tag:".length);
    const value = Object.hasOwn(instance.tags, key) ? instance.tags[key] : undefined;
    return value === undefined ? [] : [value];
  }
  switch (name) {
    case "instance-state-name":
      return [instance.state];
    case "instance-id":
      return [instance.id];
    case "availability-zone":
      return [instance.zone];
    case "private-ip-address":
      return instance.state === "terminated" ? [] : [instance.address];
    case "instance-status.status":
      return [statusChecks(instance).instance];
    case "system-status.status":
      return [statusChecks(instance).system];
    case "tag-key":
      return Object.keys(instance.tags);
    default:
      throw new AwsError("InvalidParameterValue", `The filter '${name}' is invalid`);
  }
}

/** EC2's patterns: `*` any text, `?` one character. */
function wildcard(pattern: string): RegExp {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${escaped}$`, "s");
}
