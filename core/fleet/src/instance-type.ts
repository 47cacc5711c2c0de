import { z } from "zod";

export type Architecture = "x86_64" | "arm64";

/** An EC2 instance type. Whether the region has it, AWS says. */
export const instanceTypeSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, 'write an instance type such as "t3.small"');

/** What a type's processor is: AWS marks its own, which are ARM's, by a g after the generation, as in m7gd. */
export function architectureOf(instanceType: string): Architecture {
  return /^(a1|[a-z]+\d+[a-z]*g[a-z]*)[.-]/.test(instanceType) ? "arm64" : "x86_64";
}
