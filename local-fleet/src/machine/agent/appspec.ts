import { messageOf } from "@compose-fleet/process";
import { parse } from "yaml";
import { z } from "zod";

const hookSchema = z.object({
  location: z.string().min(1),
  /** Seconds. */
  timeout: z.coerce.number().int().min(1).max(3600).default(3600),
  runas: z.string().optional(),
});

const appspecSchema = z.object({
  version: z.literal(0),
  os: z.literal("linux"),
  files: z.array(z.object({ source: z.string().min(1), destination: z.string().startsWith("/") })).default([]),
  file_exists_behavior: z.enum(["DISALLOW", "OVERWRITE", "RETAIN"]).optional(),
  permissions: z
    .array(
      z.object({
        object: z.string().startsWith("/"),
        pattern: z.string().default("**"),
        mode: z.coerce
          .string()
          .regex(/^0?[0-7]{3}$/)
          .optional(),
        type: z.array(z.enum(["file", "directory"])).default(["file", "directory"]),
      }),
    )
    .default([]),
  hooks: z.record(z.string(), z.array(hookSchema)).default({}),
});

/** How a revision is installed, as far as the emulated agent understands it. */
export type Appspec = z.output<typeof appspecSchema>;

/** Reads an `appspec.yml`. Throws a sentence with every fault. */
export function parseAppspec(text: string): Appspec {
  let decoded: unknown;
  try {
    decoded = parse(text);
  } catch (error) {
    throw new Error(`appspec.yml is not YAML: ${messageOf(error)}`);
  }
  const parsed = appspecSchema.safeParse(decoded);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join(".") || "appspec.yml"}: ${issue.message}`);
  throw new Error(`appspec.yml cannot be used: ${faults.join("; ")}`);
}
