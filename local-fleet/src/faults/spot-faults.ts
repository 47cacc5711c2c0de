import type { Fault } from "./fault.ts";
import { FaultError } from "./fault.ts";

/** AWS's own time from the notice to the end of the machine, seconds. */
const WARNING_SECONDS = 120;
/** So many machines at once, where there are as many. */
const AT_ONCE = 3;

export interface SpotFaultsDeps {
  readonly pickWorker: (worker: string | undefined) => Promise<string>;
  /** Ids of the workers that run, oldest first. */
  readonly running: () => readonly string[];
  /** Says in the fleet's queue of events that the machine is taken away; twice, as a queue may. */
  readonly notify: (instanceId: string) => void;
  /** The machine is gone in an instant, unless it has ended before; the group notices later. */
  readonly takeAway: (instanceId: string) => Promise<void>;
  /** Resolves after so long; rejects when the fleet stops. */
  readonly sleep: (ms: number) => Promise<void>;
  readonly onProblem: (error: unknown) => void;
}

/** AWS takes Spot machines back: two minutes' notice, then they are gone. */
export function spotFaults(deps: SpotFaultsDeps): readonly Fault[] {
  const takeBack = (instanceId: string) => {
    deps.notify(instanceId);
    void deps.sleep(WARNING_SECONDS * 1000).then(
      () => deps.takeAway(instanceId).catch(deps.onProblem),
      () => undefined,
    );
  };
  // AWS takes no notice back: there is nothing to undo.
  const undo = async () => undefined;
  return [
    {
      name: "spot-notice",
      description: "AWS gives one worker's machine the two minutes' notice of a Spot interruption, then takes it",
      worker: "needed",
      target: deps.pickWorker,
      begin: async (instanceId) => {
        takeBack(instanceId);
        return undo;
      },
    },
    {
      name: "spot-notices",
      description: "the same for three workers at once, or for all where there are fewer",
      worker: "none",
      target: async () => "aws",
      begin: async () => {
        const taken = deps.running().slice(0, AT_ONCE);
        if (taken.length === 0) throw new FaultError(409, "no worker runs");
        for (const instanceId of taken) takeBack(instanceId);
        return undo;
      },
    },
  ];
}
