import { z } from "zod";

/** Somebody holds the lock of a state: Terraform's own words about it. */
export interface StateLock {
  readonly id: string;
  readonly who: string;
  readonly operation: string;
  readonly createdAt: string;
}

const lockSchema = z.object({ ID: z.string(), Who: z.string(), Operation: z.string(), Created: z.string() });

/** The content of a lock object, as Terraform writes it. Throws where it is something else. */
export function lockOf(text: string): StateLock {
  const { ID, Who, Operation, Created } = lockSchema.parse(JSON.parse(text));
  return { id: ID, who: Who, operation: Operation, createdAt: Created };
}

/** The lock that stopped Terraform, as its message names it; undefined where something else did. */
export function lockInMessage(message: string): StateLock | undefined {
  if (!message.includes("Error acquiring the state lock")) return undefined;
  const field = (name: string, pattern: string) => new RegExp(`\\b${name}:\\s+(${pattern})`).exec(message)?.[1];
  const id = field("ID", "[0-9a-f-]+");
  if (id === undefined) return undefined;
  return {
    id,
    who: field("Who", "\\S+") ?? "somebody",
    operation: field("Operation", "\\S+") ?? "unknown",
    createdAt: field("Created", "\\S+ \\S+") ?? "some time ago",
  };
}

/** Who deploys, and what to do about it. */
export function lockSentence({ who, id, operation, createdAt }: StateLock, stack: string): string {
  return `${who} has held the state of ${stack} since ${createdAt} (${operation}): wait for them. If they are gone: terraform force-unlock ${id} in the stack's folder below cdktf.out.`;
}
