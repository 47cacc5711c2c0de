import type { RecordedDecision, WhApi } from "@compose-fleet/wh-api";

/** The most that the scaler answers at once. */
const PAGE = 1_000;

/** Every decision of a span of the audit, newest first, page by page. Throws `CliError`. */
export async function* readAudit(
  scaler: Pick<WhApi, "audit">,
  span: { readonly sinceMs: number; readonly untilMs: number; readonly target?: string | undefined },
): AsyncGenerator<RecordedDecision> {
  const seen = new Set<string>();
  let { untilMs } = span;
  for (;;) {
    const page = await scaler.audit({ ...span, untilMs, limit: PAGE });
    const fresh = page.filter(({ id }) => !seen.has(id));
    yield* fresh;
    const oldest = page.at(-1);
    if (oldest === undefined || page.length < PAGE || fresh.length === 0) return;
    // Others may have been decided in the same millisecond.
    untilMs = oldest.atMs + 1;
    seen.clear();
    for (const { id, atMs } of page) if (atMs === oldest.atMs) seen.add(id);
  }
}
