import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider/index.js";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js";
import type { FleetConfig } from "@compose-fleet/policy";
import { Construct } from "constructs";
import { deployPolicies } from "../iam/deploy-statements.ts";
import { toPolicy } from "../iam/statement.ts";

/** GitHub's issuer of identities; AWS checks its certificate by its own list of authorities. */
const ISSUER = "token.actions.githubusercontent.com";
const AUDIENCE = "sts.amazonaws.com";

/** Where the workflows that may deploy run. */
export type GithubSource = NonNullable<FleetConfig["deploy"]["github"]>;

/** The role that GitHub's workflows of one branch of one repository may take, for an hour and without a stored key. */
export class GithubDeployer extends Construct {
  readonly role: IamRole;

  constructor(scope: Construct, id: string, config: FleetConfig, source: GithubSource) {
    super(scope, id);
    // Not "fleet-…": what may change the fleet's roles must not change its own.
    const name = `deploy-${config.name}-${config.environment}`.slice(0, 64);
    this.role = new IamRole(this, "role", {
      name,
      description: `Deploys the fleet ${config.name} (${config.environment}) from ${source.repository}, ${source.branch}`,
      assumeRolePolicy: trust(this.provider(config, source), source),
      maxSessionDuration: 3600,
    });
    for (const [area, statements] of Object.entries(deployPolicies(config))) {
      const policy = new IamPolicy(this, area, {
        name: `${name}-${area}`,
        description: `Deployment of the fleet ${config.name} (${config.environment}): ${area}`,
        policy: toPolicy(statements),
      });
      new IamRolePolicyAttachment(this, `${area}-attachment`, { role: this.role.name, policyArn: policy.arn });
    }
  }

  private provider(config: FleetConfig, source: GithubSource): string {
    if (!source.createProvider) return `arn:aws:iam::${config.deploy.account}:oidc-provider/${ISSUER}`;
    return new IamOpenidConnectProvider(this, "provider", { url: `https://${ISSUER}`, clientIdList: [AUDIENCE] }).arn;
  }
}

function trust(provider: string, { repository, branch }: GithubSource): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "sts:AssumeRoleWithWebIdentity",
        Principal: { Federated: provider },
        Condition: {
          // Equality, not a pattern: neither a fork, nor another branch, nor a pull request.
          StringEquals: {
            [`${ISSUER}:aud`]: AUDIENCE,
            [`${ISSUER}:sub`]: `repo:${repository}:ref:refs/heads/${branch}`,
          },
        },
      },
    ],
  });
}
