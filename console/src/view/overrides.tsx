import type { LookAnswer } from "@compose-fleet/wh-api";
import { useSignal } from "@preact/signals";
import { limitText } from "../model/limits.ts";
import { countdownText } from "../model/targets.ts";
import type { Actions } from "../net/actions.ts";

const PAUSES = [
  ["10 min", 600],
  ["1 h", 3_600],
  ["8 h", 28_800],
] as const;

/** Who says what beside the policy, for how long it holds, and the end of it. */
export function Overrides(props: {
  readonly limits: LookAnswer["status"]["limits"];
  readonly nowMs: number;
  readonly actions: Pick<Actions, "addOverride" | "endOverride">;
}) {
  const problem = useSignal<string | undefined>(undefined);
  const does = async (change: Promise<string | undefined>) => {
    problem.value = await change;
  };
  const pause = async (form: HTMLFormElement) => {
    const data = new FormData(form);
    const forSeconds = Number(data.get("seconds"));
    await does(
      props.actions.addOverride({ kind: "pause", forSeconds, by: "console", reason: `${data.get("reason") ?? ""}` }),
    );
    if (problem.value === undefined) form.reset();
  };
  return (
    <section class="card" aria-labelledby="overrides">
      <h2 id="overrides">Overrides and limits</h2>
      {props.limits.length === 0 && <p class="waits">None: the policy decides.</p>}
      <ul class="overrides">
        {props.limits.map((limit) => (
          <li key={`${limit.source} ${limit.id}`} data-override={limit.id}>
            <strong>{limitText(limit)}</strong> by {limit.by}
            {limit.reason !== undefined && ` (${limit.reason})`}
            {limit.untilMs === null ? (
              ", as long as fleet.yaml says so "
            ) : (
              <>
                , ends in <b>{countdownText(limit.untilMs, props.nowMs)}</b>{" "}
              </>
            )}
            {limit.source === "override" && (
              <button type="button" class="quiet" onClick={() => void does(props.actions.endOverride(limit.id))}>
                End it
              </button>
            )}
          </li>
        ))}
      </ul>
      <form
        class="pause"
        onSubmit={(event) => {
          event.preventDefault();
          void pause(event.currentTarget);
        }}
      >
        <label>
          Pause everything for{" "}
          <select name="seconds">
            {PAUSES.map(([text, seconds]) => (
              <option key={text} value={seconds}>
                {text}
              </option>
            ))}
          </select>
        </label>{" "}
        <label>
          because <input name="reason" required maxLength={200} autocomplete="off" />
        </label>{" "}
        <button type="submit">Pause</button>
      </form>
      <p role="alert" class="problem">
        {problem.value}
      </p>
    </section>
  );
}
