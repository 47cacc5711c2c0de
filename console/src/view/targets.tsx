import type { LookAnswer } from "@compose-fleet/wh-api";
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { changeText, countdownText, type TargetView, targetViews } from "../model/targets.ts";

const FEW = 8;

/** For each target: what it is, why, and what would change it. */
export function Targets({ look, nowMs }: { readonly look: LookAnswer; readonly nowMs: number }) {
  const most = useSignal(FEW);
  const views = useMemo(() => targetViews(look), [look]);
  return (
    <section class="card" aria-labelledby="targets">
      <h2 id="targets">What would change it</h2>
      {views.length === 0 && <p class="waits">Nothing has been decided yet.</p>}
      <ul class="targets">
        {views.slice(0, most.value).map((view) => (
          <Target key={view.target} view={view} nowMs={nowMs} />
        ))}
      </ul>
      {views.length > most.value && (
        <button
          type="button"
          class="quiet"
          onClick={() => {
            most.value += 50;
          }}
        >
          Show more ({views.length - most.value})
        </button>
      )}
    </section>
  );
}

function Target({ nowMs, view }: { readonly view: TargetView; readonly nowMs: number }) {
  const { between, desired, from, inFlight, name, point, target, text, untilMs } = view;
  return (
    <li data-target={target}>
      <strong class="name">{name}</strong>{" "}
      <span class="count">{from === desired ? desired : `${from} → ${desired}`}</span>
      {inFlight && <small class="state booting">under way</small>}
      {untilMs !== undefined && (
        <small class="countdown">
          may change in <b>{countdownText(untilMs, nowMs)}</b>
        </small>
      )}
      <p>{text}</p>
      <p class="hint">{changeText(point)}</p>
      {between !== undefined && (
        <meter
          min={0}
          max={1}
          value={between}
          aria-label={`${name}: ${Math.round(between * 100)} % of the way to one more`}
        />
      )}
    </li>
  );
}
