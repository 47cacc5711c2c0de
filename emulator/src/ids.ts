import { randomBytes, randomUUID } from "node:crypto";

/** Identifiers in AWS's forms. */
export function newInstanceId(): string {
  return `i-${randomBytes(9).toString("hex").slice(0, 17)}`;
}

/** An access key id that says where it comes from. */
export function newAccessKeyId(): string {
  return `AKIALOCAL${randomBytes(6).toString("hex").toUpperCase().slice(0, 11)}`;
}

/** A password or token: 256 random bits, in characters that need no quoting anywhere. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** An identifier of a group: its instances have EC2's form, all else is a UUID. */
export function newGroupId(kind: string): string {
  return kind === "instance" ? newInstanceId() : newUuid();
}

/** A deployment's id in CodeDeploy's form. */
export function newDeploymentId(): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  return `d-${[...randomBytes(9)].map((byte) => letters[byte % letters.length]).join("")}`;
}

/** The id of an activity, a command, a request. */
export const newUuid = (): string => randomUUID();
