import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import type { FleetConfig } from "@compose-fleet/fleet";
import { Construct } from "constructs";
import { machineBoundaryArn } from "../iam/machine-boundary.ts";
import { type Statement, toPolicy, trustService } from "../iam/statement.ts";

export interface RoleProps {
  readonly config: FleetConfig;
  readonly name: string;
  readonly description: string;
  /** AWS service that assumes it, such as `ec2.amazonaws.com`. */
  readonly service: string;
  readonly statements: readonly Statement[];
}

/** A role of one service, with one inline policy. */
export class Role extends Construct {
  readonly role: IamRole;
  /** What uses the role depends on this: a role without its policy may do nothing. */
  readonly policy: IamRolePolicy;

  constructor(scope: Construct, id: string, props: RoleProps) {
    super(scope, id);
    const { config, name, description, service, statements } = props;
    this.role = new IamRole(this, "role", {
      name,
      description,
      assumeRolePolicy: trustService(service),
      // Where workflows may change roles, none of them may do more than the boundary says.
      ...(config.deploy.github?.infrastructure ? { permissionsBoundary: machineBoundaryArn(config) } : {}),
    });
    this.policy = new IamRolePolicy(this, "policy", { name, role: this.role.id, policy: toPolicy(statements) });
  }
}

/** A role of EC2 instances, with the profile that hands it to them. */
export class MachineRole extends Role {
  readonly profile: IamInstanceProfile;

  constructor(scope: Construct, id: string, props: Omit<RoleProps, "service">) {
    super(scope, id, { ...props, service: "ec2.amazonaws.com" });
    // An instance that gets the profile before the policy would fail at its first call.
    this.profile = new IamInstanceProfile(this, "profile", {
      name: props.name,
      role: this.role.name,
      dependsOn: [this.policy],
    });
  }
}
