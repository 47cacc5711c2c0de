import { z } from "zod";

const textOrTexts = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

const statementSchema = z
  .object({ Effect: z.enum(["Allow", "Deny"]), Action: textOrTexts.default([]) })
  .transform(({ Effect, Action }) => ({ effect: Effect, actions: Action }));

const documentSchema = z.object({ Statement: z.union([statementSchema, z.array(statementSchema)]) });

/** A statement of an IAM or resource policy. */
export type PolicyStatement = z.output<typeof statementSchema>;

/** Attributes in which Terraform's resources keep policies. */
const POLICY_ATTRIBUTES = ["policy", "assume_role_policy"];

/** The statements of the policies of a resource. What is no policy has none. */
export function policyStatements(values: Readonly<Record<string, unknown>>): readonly PolicyStatement[] {
  return POLICY_ATTRIBUTES.flatMap((attribute) => {
    const text = values[attribute];
    if (typeof text !== "string") return [];
    // What only the apply will know is an expression, with quotes of its own.
    const document = documentSchema.safeParse(JSON.parse(text.replaceAll(/\$\{[^}]*\}/g, "later")));
    return document.success ? [document.data.Statement].flat() : [];
  });
}
