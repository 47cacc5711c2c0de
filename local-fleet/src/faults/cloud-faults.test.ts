import {
  type AlarmConfiguration,
  alarmStop,
  NO_ALARMS,
  noDisturbances,
  readAlarmStates,
} from "@compose-fleet/emulator";
import fc from "fast-check";
import { expect, test } from "vitest";
import { cloudFaults } from "./cloud-faults.ts";

const ON_ALARMS = ["alarm-on-deployments", "alarms-unreadable"] as const;

/** A deployment group without alarms, and the faults of its cloud. */
function cloud() {
  const disturbances = noDisturbances();
  let alarms: AlarmConfiguration = NO_ALARMS;
  const faults = cloudFaults({
    disturbances,
    pickWorker: async () => "i-1",
    workers: {
      group: () => {
        throw new Error("not asked for");
      },
      setDesired: () => undefined,
    },
    deployments: {
      group: () => ({ alarms, autoRollback: { enabled: false, events: [] } }),
      updateGroup: (change) => {
        alarms = change.alarms ?? alarms;
      },
    },
  });
  return {
    begin: async (name: (typeof ON_ALARMS)[number]) => {
      const fault = faults.find((each) => each.name === name);
      if (!fault) throw new Error(`no fault ${name}`);
      return fault.begin(await fault.target(undefined));
    },
    stops: () => alarmStop(alarms, readAlarmStates(disturbances)()) !== undefined,
    alarms: () => alarms,
  };
}

test("in whatever order they begin and end, deployments are stopped while one is in force, and the group is as before at the end", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...ON_ALARMS), { maxLength: 12 }), async (toggles) => {
      const world = cloud();
      const inForce = new Map<string, () => Promise<void>>();
      for (const name of toggles) {
        const undo = inForce.get(name);
        if (undo) await undo();
        if (undo) inForce.delete(name);
        else inForce.set(name, await world.begin(name));
        expect(world.stops()).toBe(inForce.size > 0);
      }
      for (const undo of inForce.values()) await undo();
      expect(world.alarms()).toEqual(NO_ALARMS);
    }),
  );
});
