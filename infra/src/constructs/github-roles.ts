import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider/index.js";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js";
import type { FleetConfig } from "@compose-fleet/fleet";
import { Construct } from "constructs";
import { fleetAccount } from "../account/account.ts";
import { infrastructurePolicies } from "../iam/deploy-statements.ts";
import { machineBoundary, machineBoundaryName } from "../iam/machine-boundary.ts";
import { releaseStatements } from "../iam/release-statements.ts";
import { type Statement, toPolicy } from "../iam/statement.ts";

/** GitHub's issuer of identities; AWS checks its certificate by its own list of authorities. */
const ISSUER = "token.actions.githubusercontent.com";
const AUDIENCE = "sts.amazonaws.com";
const ROLE_NAME_LIMIT = 64;

/** Where the workflows that may act run. */
export type GithubSource = NonNullable<FleetConfig["deploy"]["github"]>;

/** The roles that GitHub's workflows of one branch of one repository may take, for an hour and without a stored key. */
export class GithubRoles extends Construct {
  /** Releases, and nothing else. */
  readonly release: IamRole;
  /** Changes the infrastructure; only where the fleet file asks for it. */
  readonly infrastructure: IamRole | undefined;

  constructor(scope: Construct, id: string, config: FleetConfig, source: GithubSource) {
    super(scope, id);
    const trusted = trust(this.provider(config, source), source);
    // Not "fleet-…": what may change the fleet's roles must not change its own.
    this.release = this.role(config, source, trusted, {
      kind: "deploy",
      what: "Releases to",
      policies: { release: releaseStatements(config) },
    });
    if (!source.infrastructure) return;
    new IamPolicy(this, "boundary", {
      name: machineBoundaryName(config),
      description: `The most that a role of the fleet ${config.name} (${config.environment}) may do`,
      policy: toPolicy(machineBoundary(config)),
    });
    this.infrastructure = this.role(config, source, trusted, {
      kind: "infra",
      what: "Changes the infrastructure of",
      policies: infrastructurePolicies(config),
    });
  }

  private role(
    config: FleetConfig,
    source: GithubSource,
    assumeRolePolicy: string,
    { kind, what, policies }: RoleKind,
  ): IamRole {
    const name = githubRoleName(kind, config);
    const role = new IamRole(this, kind, {
      name,
      description: `${what} the fleet ${config.name} (${config.environment}) from ${source.repository}, ${source.branch}`,
      assumeRolePolicy,
      maxSessionDuration: 3600,
    });
    for (const [area, statements] of Object.entries(policies)) {
      const policy = new IamPolicy(this, `${kind}-${area}`, {
        name: `${name}-${area}`,
        description: `${what} the fleet ${config.name} (${config.environment}): ${area}`,
        policy: toPolicy(statements),
      });
      new IamRolePolicyAttachment(this, `${kind}-${area}-attachment`, { role: role.name, policyArn: policy.arn });
    }
    return role;
  }

  private provider(config: FleetConfig, source: GithubSource): string {
    if (!source.createProvider) return `arn:aws:iam::${fleetAccount(config)}:oidc-provider/${ISSUER}`;
    return new IamOpenidConnectProvider(this, "provider", { url: `https://${ISSUER}`, clientIdList: [AUDIENCE] }).arn;
  }
}

/** The name of the role that a workflow takes. */
export function githubRoleName(kind: "deploy" | "infra", config: FleetConfig): string {
  return `${kind}-${config.name}-${config.environment}`.slice(0, ROLE_NAME_LIMIT);
}

interface RoleKind {
  readonly kind: "deploy" | "infra";
  /** The beginning of its description. */
  readonly what: string;
  readonly policies: Readonly<Record<string, readonly Statement[]>>;
}

/**
 * What workflows of this branch call themselves. GitHub has two forms: by names, and for repositories that were created, renamed or
 * transferred since 15 July 2026, or that opted in, by names and the numbers that never change.
 */
export function githubSubjects({ repository, ids, branch }: GithubSource): readonly string[] {
  const [owner, name] = repository.split("/");
  const ref = `ref:refs/heads/${branch}`;
  const byNumbers = ids ? [`repo:${owner}@${ids.owner}/${name}@${ids.repository}:${ref}`] : [];
  return [`repo:${repository}:${ref}`, ...byNumbers];
}

function trust(provider: string, source: GithubSource): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "sts:AssumeRoleWithWebIdentity",
        Principal: { Federated: provider },
        Condition: {
          // Equality, not a pattern: neither a fork, nor another branch, nor a pull request.
          StringEquals: { [`${ISSUER}:aud`]: AUDIENCE, [`${ISSUER}:sub`]: githubSubjects(source) },
        },
      },
    ],
  });
}
