import type { ReleaseOptions } from "../commands/release-options.ts";
import type { CliContext } from "../context.ts";
import { openPlace } from "./place.ts";
import { followDeps } from "./release-deps.ts";

/** Tells the last deployments, newest first. Throws `CliError` with a sentence, and AWS's errors. */
export async function history(context: CliContext, options: ReleaseOptions): Promise<void> {
  const place = await openPlace(context, options);
  const { deployments } = followDeps(context, place);
  const found = [];
  for (const kind of options.only === undefined ? place.kinds : [options.only])
    for (const deployment of await deployments.recent(kind)) found.push({ kind, ...deployment });
  if (options.json) return context.print(JSON.stringify(found, null, 2));
  if (found.length === 0) context.print("Nothing was released yet.");
  for (const { kind, id, status, revision, description, creator, createdAtMs } of found)
    context.print(
      [
        new Date(createdAtMs).toISOString(),
        kind.padEnd(10),
        id.padEnd(11),
        (status ?? "").padEnd(10),
        description || `${revision ?? "another revision"} by ${creator}`,
      ].join("  "),
    );
}
