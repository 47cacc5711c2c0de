import { z } from "zod";
import { variableNameSchema } from "./primitives.ts";

const filesSchema = z
  .string()
  .regex(
    /^(?!\/)(?!(.*\/)?\.\.?(\/|$))([^*\0\n]+\/)?[^/\0\n]+\.ya?ml$/,
    'write a compose file below the project\'s folder, for example "local-services/redis.yml", or several as "local-services/*.yml"',
  );

/** What a local fleet has beside it, in place of what a fleet on AWS finds there: `local`. */
export const localSchema = z.strictObject({
  services: z
    .union([filesSchema.transform((file) => [file]), z.array(filesSchema).max(50)], {
      error: "write a compose file below the project's folder, or a list of them",
    })
    .default([])
    .describe(
      "Compose files of what a local fleet starts once beside its workers, such as a database. Services reach it by its name there.",
    ),
  environment: z
    .record(variableNameSchema, z.string())
    .default({})
    .describe(
      "Values on a local fleet, for variables and secrets that services have. Nothing secret: they are in this file.",
    ),
});
