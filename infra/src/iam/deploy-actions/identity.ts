import { actionsOf } from "./actions-of.ts";

/** Calls of Terraform that concern roles, by the statement that allows them. */
export const identityActions = {
  Roles: actionsOf(
    "iam",
    "AddRoleToInstanceProfile",
    "AttachRolePolicy",
    "CreateInstanceProfile",
    "CreateRole",
    "DeleteInstanceProfile",
    "DeleteRole",
    "DeleteRolePolicy",
    "DetachRolePolicy",
    "GetInstanceProfile",
    "GetRole",
    "GetRolePolicy",
    "ListAttachedRolePolicies",
    "ListInstanceProfilesForRole",
    "ListRolePolicies",
    "PutRolePolicy",
    "RemoveRoleFromInstanceProfile",
    "TagInstanceProfile",
    "TagRole",
    "UntagInstanceProfile",
    "UntagRole",
    "UpdateAssumeRolePolicy",
    "UpdateRoleDescription",
  ),
  HandOverRoles: ["iam:PassRole"],
  ServiceRoles: ["iam:CreateServiceLinkedRole"],
  WhoAmI: ["sts:GetCallerIdentity"],
} as const;
