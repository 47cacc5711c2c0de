import type { Plan, ResourceChange } from "../terraform/plan.ts";
import { plannedResources } from "../terraform/plan.ts";
import { policyStatements } from "./policy-statements.ts";

/** What a resource does that it must not; `rule` names the rule that it breaks. */
export interface Violation {
  readonly rule: RuleName;
  readonly address: string;
  readonly message: string;
}

type Values = Readonly<Record<string, unknown>>;
type Check = (values: Values, type: string) => string | undefined;

const PUBLIC = ["0.0.0.0/0", "::/0"];
const PUBLIC_PORTS = [80, 443];

const rules = {
  "the world reaches ports 80 and 443 and nothing else": (values, type) => {
    if (!type.includes("security_group")) return undefined;
    const open = ingressOf(values, type).filter(({ from, to, sources }) => {
      const harmless = from === to && PUBLIC_PORTS.includes(from);
      return sources.some((source) => PUBLIC.includes(source)) && !harmless;
    });
    return open.length > 0 ? `opens ${open.map(({ from, to }) => `${from}-${to}`).join(", ")} to everybody` : undefined;
  },
  "the metadata service answers version 2 only": (values, type) => {
    if (type !== "aws_instance" && type !== "aws_launch_template") return undefined;
    if (followsTemplate(values)) return undefined;
    const [options] = list(values.metadata_options);
    return options?.http_tokens === "required" ? undefined : "does not require tokens (metadata_options.http_tokens)";
  },
  "data at rest is encrypted": (values, type) => {
    switch (type) {
      case "aws_ebs_volume":
        return values.encrypted === true ? undefined : "is a volume that is not encrypted";
      case "aws_instance":
        if (followsTemplate(values)) return undefined;
        return [...list(values.root_block_device), ...list(values.ebs_block_device)].every(
          ({ encrypted }) => encrypted === true,
        ) && list(values.root_block_device).length > 0
          ? undefined
          : "has a disk that is not encrypted";
      case "aws_launch_template": {
        const disks = list(values.block_device_mappings).flatMap(({ ebs }) => list(ebs));
        return disks.length > 0 && disks.every(({ encrypted }) => String(encrypted) === "true")
          ? undefined
          : "has a disk that is not encrypted";
      }
      case "aws_dynamodb_table":
        return list(values.server_side_encryption).some(({ enabled }) => enabled === true)
          ? undefined
          : "is not encrypted";
      case "aws_sqs_queue":
        return values.sqs_managed_sse_enabled === true || values.kms_master_key_id ? undefined : "is not encrypted";
      case "aws_sns_topic":
        // Alarms cannot use AWS's own key of SNS: they would fail without a word.
        return values.kms_master_key_id && values.kms_master_key_id !== "alias/aws/sns"
          ? undefined
          : "is not encrypted with a key that alarms may use (kms_master_key_id)";
      case "aws_ecr_repository":
        return list(values.encryption_configuration).length > 0 ? undefined : "names no encryption";
      default:
        return undefined;
    }
  },
  "no statement allows all actions of a service": (values) => {
    const actions = policyStatements(values)
      .filter(({ effect }) => effect === "Allow")
      .flatMap((statement) => statement.actions)
      .filter((action) => action.includes("*"));
    return actions.length > 0 ? `allows ${actions.join(", ")}` : undefined;
  },
  "everything is tagged with its fleet and environment": (values) => {
    const tags = values.tags_all;
    if (typeof tags !== "object" || tags === null) return undefined;
    const missing = ["fleet", "environment"].filter((tag) => !(tag in tags));
    return missing.length > 0 ? `lacks the tag ${missing.join(" and ")}` : undefined;
  },
  "a secret's value is never Terraform's": (_values, type) =>
    ["aws_ssm_parameter", "aws_secretsmanager_secret_version", "random_password"].includes(type)
      ? "would put a value into the state: npx fleet secrets set writes it past Terraform"
      : undefined,
} as const satisfies Record<string, Check>;

export type RuleName = keyof typeof rules;

/** What the planned resources do that they must not; empty where all is well. */
export function planViolations(plan: Plan): readonly Violation[] {
  return plannedResources(plan).flatMap((resource) =>
    Object.entries(rules).flatMap(([rule, check]) => violation(rule as RuleName, check, resource)),
  );
}

/** The rules by name, for whoever proves each of them. */
export const planRules = Object.keys(rules) as readonly RuleName[];

function violation(rule: RuleName, check: Check, { address, type, change }: ResourceChange): readonly Violation[] {
  const message = check(change.after ?? {}, type);
  return message === undefined ? [] : [{ rule, address, message }];
}

interface Ingress {
  readonly from: number;
  readonly to: number;
  readonly sources: readonly string[];
}

/** Incoming openings, whichever of Terraform's three resources says them; all protocols count as all ports. */
function ingressOf(values: Values, type: string): readonly Ingress[] {
  const range = (rule: Values, protocol: unknown) =>
    protocol === "-1" ? { from: 0, to: 65_535 } : { from: Number(rule.from_port), to: Number(rule.to_port) };
  switch (type) {
    case "aws_vpc_security_group_ingress_rule":
      return [{ ...range(values, values.ip_protocol), sources: [String(values.cidr_ipv4), String(values.cidr_ipv6)] }];
    case "aws_security_group_rule":
      return values.type === "ingress" ? [{ ...range(values, values.protocol), sources: sourcesOf(values) }] : [];
    case "aws_security_group":
    case "aws_default_security_group":
      return list(values.ingress).map((rule) => ({ ...range(rule, rule.protocol), sources: sourcesOf(rule) }));
    default:
      return [];
  }
}

/** An instance of a launch template is as the template says, which is a resource with rules of its own. */
function followsTemplate(values: Values): boolean {
  return list(values.launch_template).length > 0;
}

function sourcesOf(rule: Values): readonly string[] {
  return [rule.cidr_blocks, rule.ipv6_cidr_blocks].flatMap((each) => (Array.isArray(each) ? each.map(String) : []));
}

/** Blocks: a list in a plan; where the stack's JSON filled it in, perhaps one alone. */
function list(value: unknown): readonly Values[] {
  if (Array.isArray(value)) return value as readonly Values[];
  return typeof value === "object" && value !== null ? [value as Values] : [];
}
