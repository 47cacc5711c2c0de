import type { Foresight } from "../foresight/foresight.ts";
import { waitsOf } from "../ladder/ladder.ts";
import type { Window } from "../situation/stabilization.ts";
import { fewestAfterWait, type WaitSaid, waitMsFor, waitSaid } from "../wait/learned-wait.ts";

/** What holds a group at its size although fewer would do. */
export interface LearnedWindow {
  readonly window: Window;
  /** Why the topmost worker is kept, where how long was learned. */
  readonly kept: (WaitSaid & { readonly by: "need" | "season" }) | undefined;
}

/** The window by what was learned of this fleet; `recent`, that of the last seconds, where nothing is foreseen. */
export function learnedWindow(foresight: Foresight | undefined, recent: Window, current: number): LearnedWindow {
  if (foresight?.now === undefined) return { window: recent, kept: undefined };
  const { now } = foresight;
  const waits = waitsOf(foresight.ladder);
  const said = waitSaid(waits, current);
  return {
    window: {
      memory: recent.memory,
      largest: fewestAfterWait(waits, current),
      waitMs: (value) => waitMsFor(waits, current, value),
    },
    kept: said && { ...said, by: now.plan.keptBy },
  };
}
