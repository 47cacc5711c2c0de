import { z } from "zod";

const diagnosticSchema = z.object({
  severity: z.enum(["error", "warning"]),
  summary: z.string(),
  detail: z.string().optional(),
  address: z.string().optional(),
});

/** An error or a warning of Terraform. */
export type Diagnostic = z.output<typeof diagnosticSchema>;

const eventSchema = z.object({ type: z.literal("diagnostic"), diagnostic: diagnosticSchema });
const validationSchema = z.object({ diagnostics: z.array(diagnosticSchema) });

/** Errors and warnings in the log that `terraform plan -json` and `apply -json` write, a JSON object a line. */
export function diagnosticsOf(log: string): readonly Diagnostic[] {
  return log.split("\n").flatMap((line) => {
    const event = eventSchema.safeParse(parseJson(line));
    return event.success ? [event.data.diagnostic] : [];
  });
}

/** Errors and warnings of `terraform validate -json`, which writes one JSON object. Throws where it is none. */
export function validationDiagnostics(text: string): readonly Diagnostic[] {
  return validationSchema.parse(parseJson(text)).diagnostics;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Terraform also prints lines for people.
    return undefined;
  }
}
