import { createHash } from "node:crypto";
import { z } from "zod";
import { AwsError } from "../../refusals/aws-error.ts";

const parameterSchema = z.object({
  type: z.string(),
  description: z.string().optional(),
  default: z.union([z.string(), z.array(z.string())]).optional(),
  allowedValues: z.array(z.string()).optional(),
  allowedPattern: z.string().optional(),
});

const contentSchema = z.object({
  schemaVersion: z.literal("2.2"),
  description: z.string().optional(),
  parameters: z.record(z.string(), parameterSchema).default({}),
  mainSteps: z
    .array(
      z.object({
        action: z.literal("aws:runShellScript"),
        name: z.string(),
        inputs: z.object({
          runCommand: z.array(z.string()).min(1),
          timeoutSeconds: z.union([z.string(), z.number()]).optional(),
        }),
      }),
    )
    .min(1),
});

/** A command document of schema 2.2 whose steps are shell scripts. */
export interface SsmDocument {
  readonly name: string;
  /** The JSON as it was given. */
  readonly content: string;
  readonly hash: string;
  readonly createdAtMs: number;
  readonly parsed: z.output<typeof contentSchema>;
}

/** A script ready to run, with the step's own time limit. */
export interface Script {
  readonly text: string;
  readonly timeoutSeconds: number;
}

const DEFAULT_TIMEOUT_SECONDS = 3600;

/** Reads a document. Throws `AwsError` when it is not one that an agent could run. */
export function parseDocument(name: string, content: string, createdAtMs: number): SsmDocument {
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch {
    throw new AwsError("InvalidDocumentContent", `The document ${name} is not JSON.`);
  }
  const parsed = contentSchema.safeParse(json);
  if (!parsed.success)
    throw new AwsError(
      "InvalidDocumentContent",
      `The document ${name}: ${parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ")}`,
    );
  return { name, content, hash: createHash("sha256").update(content).digest("hex"), createdAtMs, parsed: parsed.data };
}

/** Checks the parameters of a command and puts them into the document's scripts. Throws `AwsError` InvalidParameters. */
export function renderScript(document: SsmDocument, given: Readonly<Record<string, readonly string[]>>): Script {
  const declared = document.parsed.parameters;
  for (const name of Object.keys(given))
    if (!Object.hasOwn(declared, name))
      throw new AwsError("InvalidParameters", `Parameter ${name} is not defined in document ${document.name}.`);
  const values = new Map<string, string>();
  for (const [name, parameter] of Object.entries(declared)) {
    const fallback = parameter.default === undefined ? undefined : [parameter.default].flat();
    const value = (Object.hasOwn(given, name) ? given[name] : undefined) ?? fallback;
    if (value === undefined)
      throw new AwsError("InvalidParameters", `Parameter ${name} is required by document ${document.name}.`);
    for (const text of value) checkValue(name, text, parameter);
    values.set(name, value.join(parameter.type === "StringList" ? "\n" : ","));
  }
  const fill = (text: string) =>
    text.replace(/\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g, (placeholder, name: string) => values.get(name) ?? placeholder);
  const steps = document.parsed.mainSteps;
  const timeouts = steps.map((step) => Number(fill(String(step.inputs.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS))));
  if (timeouts.some((seconds) => !(seconds > 0)))
    throw new AwsError("InvalidParameters", "timeoutSeconds must be a number of seconds above 0.");
  return {
    text: steps.flatMap((step) => step.inputs.runCommand.map(fill)).join("\n"),
    timeoutSeconds: Math.max(...timeouts),
  };
}

function checkValue(name: string, value: string, rule: z.output<typeof parameterSchema>): void {
  if (rule.allowedValues && !rule.allowedValues.includes(value))
    throw new AwsError(
      "InvalidParameters",
      `Parameter ${name}: ${JSON.stringify(value)} is not one of ${rule.allowedValues.join(", ")}.`,
    );
  // The whole value has to match, also where the pattern forgets its anchors; `$` alone would let a line break through.
  if (rule.allowedPattern && !new RegExp(`^(?:${rule.allowedPattern})$(?!\\n)`).test(value))
    throw new AwsError(
      "InvalidParameters",
      `Parameter ${name}: ${JSON.stringify(value)} does not match ${rule.allowedPattern}.`,
    );
}
