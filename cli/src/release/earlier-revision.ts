import { CliError, exitCodes } from "../cli-error.ts";
import type { Deployments } from "./deployments.ts";
import { type MachineKind, machineKinds } from "./revision.ts";
import type { RevisionStore } from "./s3-revisions.ts";

interface Wanted {
  readonly kind: MachineKind;
  readonly revision: string;
}

/** The revision that ran before the present one. Throws `CliError` (exit code 2) where there is none. */
export async function revisionBefore(deployments: Pick<Deployments, "recent">, kind: MachineKind): Promise<Wanted> {
  const ran = (await deployments.recent(kind, ["Succeeded"])).flatMap(({ revision }) => revision ?? []);
  const revision = ran.find((candidate) => candidate !== ran[0]);
  if (revision !== undefined) return { kind, revision };
  throw new CliError(`No revision ran on ${kind} before the present one. Nothing was changed.`, exitCodes.usage);
}

/** The kind of machine whose revision it is. Throws `CliError` (exit code 2) with those that there are. */
export async function knownRevision(
  store: Pick<RevisionStore, "has" | "newest">,
  revision: string,
  only: MachineKind | undefined,
): Promise<Wanted> {
  const kinds = only === undefined ? machineKinds : [only];
  for (const kind of kinds) if (await store.has(kind, revision)) return { kind, revision };
  const newest = (await Promise.all(kinds.map((kind) => store.newest(kind, 5)))).flat();
  throw new CliError(
    `There is no revision ${revision}. Nothing was changed. ${newest.length === 0 ? "Nothing was released yet." : `The newest are ${newest.join(", ")}.`}`,
    exitCodes.usage,
  );
}
