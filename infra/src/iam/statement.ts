/** One statement of an IAM policy, in our own words; `toPolicy` writes IAM's. */
export interface Statement {
  /** Letters and digits, says what the statement is for. */
  readonly sid: string;
  /** Whole names such as `s3:GetObject`: never with `*`. */
  readonly actions: readonly string[];
  /** ARNs. `*` alone only where AWS knows no resource for the action; say so beside it. */
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

const VERSION = "2012-10-17";

/** The JSON of an identity policy that allows exactly these statements. */
export function toPolicy(statements: readonly Statement[]): string {
  return JSON.stringify({
    Version: VERSION,
    Statement: statements.map(({ sid, actions, resources, conditions }) => ({
      Sid: sid,
      Effect: "Allow",
      Action: actions,
      Resource: resources,
      ...(conditions ? { Condition: conditions } : {}),
    })),
  });
}

/** The JSON of a trust policy: this AWS service may assume the role. */
export function trustService(service: string): string {
  return JSON.stringify({
    Version: VERSION,
    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: service } }],
  });
}
