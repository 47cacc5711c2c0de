import { type MachineKind, machineKinds } from "@compose-fleet/fleet";
import { CliError, exitCodes } from "@compose-fleet/process";
import { type Deployments, outcomeOf, type RevisionStore } from "@compose-fleet/releases";

interface Wanted {
  readonly kind: MachineKind;
  readonly revision: string;
}

/** The revision that ran before the present one. Throws `CliError` (exit code 2) where there is none. */
export async function revisionBefore(
  deployments: Pick<Deployments, "recent" | "targets">,
  kind: MachineKind,
): Promise<Wanted> {
  const ran: string[] = [];
  const failed: string[] = [];
  for (const deployment of await deployments.recent(kind)) {
    if (deployment.revision === undefined) continue;
    const outcome = await outcomeOf(deployments, deployment);
    if (outcome === "Succeeded") ran.push(deployment.revision);
    else if (outcome === "Failed" || outcome === "Stopped") failed.push(deployment.revision);
    const [present] = ran;
    const before = ran.find((candidate) => candidate !== present);
    if (before !== undefined) return { kind, revision: before };
  }
  throw new CliError(nothingBefore(kind, ran[0], new Set(failed)), exitCodes.usage);
}

/** Deployments there may be several, also without a revision to go back to: what became of each. */
function nothingBefore(kind: MachineKind, present: string | undefined, failed: ReadonlySet<string>): string {
  const runs = present === undefined ? `No revision was ever released to ${kind}` : `${kind} run ${present}`;
  const others = [...failed].filter((revision) => revision !== present);
  const tried = others.length === 0 ? "" : ` ${others.join(", ")} failed and went back by itself.`;
  const before = present === undefined ? "" : ", and no other one ever ran there";
  return `${runs}${before}: there is nothing to go back to.${tried} Nothing was changed.`;
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
