import type { LookAnswer, RecordedDecision } from "@compose-fleet/wh-api";
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { momentText } from "../model/format.ts";
import { ENTRY_KINDS, type EntryKind, entriesShown, timelineOf } from "../model/timeline.ts";

const NAMES: Readonly<Record<EntryKind, string>> = {
  decision: "Decisions",
  left: "What left, and why",
  notification: "Notifications",
  release: "Releases",
};
const PAGE = 40;

/** What happened, newest first. */
export function Timeline(props: {
  readonly look: LookAnswer;
  readonly decisions: readonly RecordedDecision[];
  readonly nowMs: number;
}) {
  const kinds = useSignal<ReadonlySet<EntryKind>>(new Set());
  const most = useSignal(PAGE);
  const { decisions, look } = props;
  const entries = useMemo(() => timelineOf(look, decisions), [look, decisions]);
  const { hidden, shown } = entriesShown(entries, kinds.value, most.value);
  const toggle = (kind: EntryKind) => {
    const next = new Set(kinds.value);
    if (!next.delete(kind)) next.add(kind);
    kinds.value = next;
  };
  return (
    <section class="card" aria-labelledby="timeline">
      <h2 id="timeline">What happened</h2>
      <fieldset class="filters">
        <legend>Show only</legend>
        {ENTRY_KINDS.map((kind) => (
          <button
            key={kind}
            type="button"
            class="quiet"
            aria-pressed={kinds.value.has(kind)}
            onClick={() => toggle(kind)}
          >
            {NAMES[kind]}
          </button>
        ))}
      </fieldset>
      {shown.length === 0 && <p class="waits">Nothing yet.</p>}
      <ol class="timeline">
        {shown.map(({ atMs, key, kind, outcome, text, tone }) => (
          <li key={key} class={tone} data-kind={kind}>
            <time dateTime={isoOf(atMs)}>{momentText(atMs, props.nowMs)}</time>
            <span>
              {text}
              {outcome !== undefined && <small>{outcome}</small>}
            </span>
          </li>
        ))}
      </ol>
      {hidden > 0 && (
        <button
          type="button"
          class="quiet"
          onClick={() => {
            most.value += 200;
          }}
        >
          Show more ({hidden})
        </button>
      )}
    </section>
  );
}

function isoOf(atMs: number): string | undefined {
  const at = new Date(atMs);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
