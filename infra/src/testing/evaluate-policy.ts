/** What AWS weighs when somebody calls it: who, what, on what, and the condition keys that this call carries. */
export interface AccessRequest {
  /** Such as `sns:Publish`. */
  readonly action: string;
  readonly resource: string;
  /** The service that calls, for policies of resources; without one the policy's own principal is meant. */
  readonly service?: string;
  /** Condition keys in the request. One that is left out is absent, as AWS leaves out what a caller does not set. */
  readonly context?: Readonly<Record<string, string>>;
}

type Values = string | readonly string[];
type Conditions = Readonly<Record<string, Readonly<Record<string, Values>>>>;
interface JsonStatement {
  readonly Effect: string;
  readonly Action: Values;
  readonly Resource?: Values;
  readonly Principal?: { readonly Service?: Values };
  readonly Condition?: Conditions;
}

/**
 * Whether this policy alone allows the request, by the rules that AWS documents: a deny wins, patterns know `*` and `?`, every
 * condition has to hold, and a key that the request lacks fails each operator but `Null`. Throws on an operator that it does not know.
 */
export function allows(policy: string, request: AccessRequest): boolean {
  const { Statement } = JSON.parse(policy) as { readonly Statement: readonly JsonStatement[] };
  const applying = Statement.filter((statement) => applies(statement, request));
  return applying.length > 0 && applying.every(({ Effect }) => Effect === "Allow");
}

function applies(statement: JsonStatement, { action, resource, service, context = {} }: AccessRequest): boolean {
  const isCaller = service === undefined || list(statement.Principal?.Service ?? []).includes(service);
  return (
    isCaller &&
    list(statement.Action).some((pattern) => like(action.toLowerCase(), pattern.toLowerCase())) &&
    list(statement.Resource ?? "*").some((pattern) => like(resource, pattern)) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => holds(operator, context[key], list(wanted))),
    )
  );
}

function holds(operator: string, value: string | undefined, wanted: readonly string[]): boolean {
  if (operator === "Null") return wanted.includes(String(value === undefined));
  if (value === undefined) return false;
  switch (operator) {
    case "StringEquals":
    case "Bool":
      return wanted.includes(value);
    case "StringLike":
    case "ArnLike":
    case "ArnEquals":
      return wanted.some((pattern) => like(value, pattern));
    default:
      throw new Error(`no rule for the operator ${operator}`);
  }
}

function like(text: string, pattern: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`).test(text);
}

function list(values: Values): readonly string[] {
  return typeof values === "string" ? [values] : values;
}
