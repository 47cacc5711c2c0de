import type { z } from "zod";
import { AwsError } from "../refusals/aws-error.ts";

/** One API action: raw parameters in, the members of the output out. Throws `AwsError` for what AWS refuses. */
export type Action = (parameters: unknown) => Promise<object>;

/** The actions of one AWS service and how its clients speak. */
export interface AwsService {
  readonly protocol: "query" | "ec2" | "json";
  /** API version that query clients must name. */
  readonly version: string;
  /** XML namespace of the answers, for the query protocol. */
  readonly namespace?: string;
  readonly actions: Readonly<Record<string, Action>>;
}

/** Makes an action whose parameters are checked first; `faultCode` is what the service calls a bad parameter. */
export function action<Input>(
  faultCode: string,
  schema: z.ZodType<Input>,
  run: (input: Input) => object | Promise<object>,
): Action {
  return async (parameters) => {
    const parsed = schema.safeParse(parameters);
    if (!parsed.success) {
      const faults = parsed.error.issues.map((issue) => `${issue.path.join(".") || "request"}: ${issue.message}`);
      throw new AwsError(faultCode, `${faults.length} validation error detected: ${faults.join("; ")}`);
    }
    return run(parsed.data);
  };
}
