import { actionsOf } from "./actions-of.ts";

/** Calls of Terraform that concern roles, by the statement that allows them. */
export const identityActions = {
  Roles: actionsOf(
    "iam",
    "AddRoleToInstanceProfile",
    "CreateInstanceProfile",
    "DeleteInstanceProfile",
    "DeleteRole",
    "GetInstanceProfile",
    "GetRole",
    "GetRolePolicy",
    "ListAttachedRolePolicies",
    "ListInstanceProfilesForRole",
    "ListRolePolicies",
    "RemoveRoleFromInstanceProfile",
    "TagInstanceProfile",
    "TagRole",
    "UntagInstanceProfile",
    "UntagRole",
    "UpdateAssumeRolePolicy",
    "UpdateRoleDescription",
  ),
  /** By these somebody could make a role that may more than they do themselves: only behind the boundary. */
  EmpowerRoles: actionsOf("iam", "CreateRole", "DeleteRolePolicy", "PutRolePermissionsBoundary", "PutRolePolicy"),
  HandOverRoles: ["iam:PassRole"],
  ServiceRoles: ["iam:CreateServiceLinkedRole"],
  WhoAmI: ["sts:GetCallerIdentity"],
} as const;
