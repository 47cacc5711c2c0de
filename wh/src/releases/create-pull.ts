import type { FleetConfig } from "@compose-fleet/fleet";
import type { JobAsks } from "@compose-fleet/releases";
import { createPermit, type PermitDeps } from "../act/permit.ts";
import type { TickResult } from "../loop/tick-result.ts";
import type { Clock } from "../runtime/clock.ts";
import type { PullLog, PullPorts } from "./ports.ts";
import { createPrepareRevision } from "./prepare-revision.ts";
import { createPuller, type Puller } from "./puller.ts";

/** The key of releases in the action log. */
const TARGET = "releases";

export interface PullDeps {
  readonly config: { readonly fleet: FleetConfig; readonly hold: boolean };
  /** Undefined where nobody has made them: then nothing is pulled. */
  readonly ports: PullPorts | undefined;
  readonly pullLog: PullLog;
  readonly asks: JobAsks;
  readonly permit: PermitDeps;
  readonly clock: Clock;
  readonly fleet: {
    readonly newId: () => string;
    readonly lastTick: () => TickResult | undefined;
    readonly say: (line: string, weight?: "news" | "trouble") => void;
  };
}

/** Pull mode as `releases.pull` asks for it, behind the same gate as every action; undefined where it does not. */
export function createPull({ config, ports, pullLog, asks, permit, clock, fleet }: PullDeps): Puller | undefined {
  const source = config.fleet.releases.pull;
  if (source === undefined || ports === undefined) return undefined;
  const ask = createPermit(permit);
  return createPuller({
    source,
    ports: { ...ports, log: pullLog },
    prepare: createPrepareRevision({ config: config.fleet, asks, clock }),
    clock,
    log: permit.log,
    leader: {
      mayAct: () => !config.hold && permit.leadership.mandate() === "everything",
      askLeave: async (summary) => {
        // A release can wait until the state can be written, as scaling in can.
        const asked = await ask({ target: TARGET, id: fleet.newId(), atMs: clock.nowMs(), summary, isScaleIn: true });
        if ("fence" in asked) return asked;
        const { refused } = asked;
        return { refused: refused.status === "applied" ? "nothing" : refused.reason };
      },
    },
    fleet: {
      members: () => {
        const group = fleet.lastTick()?.observation.group;
        if (!group?.ok) return undefined;
        return group.value.workers.filter(({ state }) => state !== "terminating").map(({ id }) => id);
      },
      say: fleet.say,
    },
  });
}
