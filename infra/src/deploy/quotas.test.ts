import type { FleetConfigInput } from "@compose-fleet/fleet";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { testFleet } from "../testing/synth.ts";
import { type AccountUse, compareQuotas, type Quota, type RunningMachine } from "./quotas.ts";

const VCPUS: Readonly<Record<string, number>> = { "t3.small": 2, "t3a.small": 2, "m6i.xlarge": 4, "g5.xlarge": 4 };
const own = { fleet: "test", environment: "production" };

interface Given {
  readonly limits?: Partial<Record<Quota, number>>;
  readonly addresses?: AccountUse["addresses"];
  readonly machines?: readonly RunningMachine[];
  readonly quota?: AccountUse["quota"];
}

/** An account in which there is room, but for what is said. */
function account({ limits = {}, addresses = async () => [], machines = [], quota }: Given = {}): AccountUse {
  const roomy: Record<Quota, number> = { addresses: 100, "on-demand-vcpus": 1000, "spot-vcpus": 1000, ...limits };
  return {
    quota: quota ?? (async (asked) => roomy[asked]),
    addresses,
    machines: async () => machines,
    vcpus: async (types) => new Map(types.map((type) => [type, VCPUS[type] ?? 0])),
  };
}

const compare = (given: Given, input: Partial<FleetConfigInput> = {}) =>
  compareQuotas(testFleet(input), account(given));
const workers = { min: 1, max: 6, instanceTypes: ["t3.small"] };

test("an account with room is not worth a word", async () => {
  expect(await compare({})).toEqual({ faults: [], notes: [] });
});

describe("Elastic IPs", () => {
  const taken =
    (count: number, tags = {}) =>
    async () =>
      Array.from({ length: count }, () => tags);
  test("the third environment of a new account has none left", async () => {
    const { faults } = await compare({ limits: { addresses: 5 }, addresses: taken(4) });
    expect(faults).toEqual([
      'The account may have 5 Elastic IPs in eu-central-1, the fleet can need 2 besides the 4 that others in the account use: ask for 6 in Service Quotas ("EC2-VPC Elastic IPs"), or make it smaller in the fleet file.',
    ]);
  });
  test("a fleet that has its own needs no more", async () => {
    expect(await compare({ limits: { addresses: 2 }, addresses: taken(2, own) })).toEqual({ faults: [], notes: [] });
  });
  test("those of another environment are others'", async () => {
    const stage = { ...own, environment: "stage" };
    expect((await compare({ limits: { addresses: 3 }, addresses: taken(2, stage) })).faults).toHaveLength(1);
  });
});

describe("processors", () => {
  test("a new account that has room for the first worker only: it is deployed, and the limit is said", async () => {
    expect(await compare({ limits: { "on-demand-vcpus": 5 } }, { workers })).toEqual({
      faults: [],
      notes: [expect.stringMatching(/may have 5 vCPUs on demand in eu-central-1, the fleet can need 14:/)],
    });
  });
  test("one that has no room even for that", async () => {
    expect((await compare({ limits: { "on-demand-vcpus": 3 } }, { workers })).faults).toHaveLength(1);
  });
  test("the largest of the types counts, not the preferred one", async () => {
    const larger = { ...workers, instanceTypes: ["t3.small", "m6i.xlarge"] };
    expect((await compare({ limits: { "on-demand-vcpus": 25 } }, { workers: larger })).notes).toEqual([
      expect.stringContaining("the fleet can need 26:"),
    ]);
  });
  test("Spot has a quota of its own", async () => {
    const spot = { ...workers, spot: { onDemandBase: 1, spotShareAboveBase: 1 } };
    const { faults, notes } = await compare({ limits: { "on-demand-vcpus": 4, "spot-vcpus": 9 } }, { workers: spot });
    expect([faults, notes]).toEqual([
      [],
      [expect.stringContaining("may have 9 Spot vCPUs in eu-central-1, the fleet can need 10:")],
    ]);
  });
  test("machines of others leave less, the fleet's own and those of other families do not", async () => {
    const machine = (type: string, tags = {}) => ({ type, vcpus: 4, isSpot: false, tags });
    const machines = [machine("m6i.xlarge"), machine("m6i.xlarge", own), machine("g5.xlarge")];
    expect((await compare({ machines, limits: { "on-demand-vcpus": 17 } }, { workers })).notes).toEqual([
      expect.stringContaining("can need 14 besides the 4 that others"),
    ]);
    expect(await compare({ machines, limits: { "on-demand-vcpus": 18 } }, { workers })).toEqual({
      faults: [],
      notes: [],
    });
  });
  test("a family with another quota is named, not guessed at", async () => {
    const gpu = { ...workers, instanceTypes: ["g5.xlarge"] };
    const { faults, notes } = await compare({ limits: { "on-demand-vcpus": 2 } }, { workers: gpu });
    expect([faults, notes]).toEqual([[], [expect.stringContaining("g5.xlarge has a quota of its own kind")]]);
  });
});

test("credentials that may not ask do not stop the deployment, and that is said", async () => {
  const refused = async () => {
    throw Object.assign(new Error("not authorized to perform: servicequotas:GetServiceQuota"), {
      name: "AccessDenied",
    });
  };
  expect(await compare({ quota: refused, addresses: refused }, { workers })).toEqual({
    faults: [],
    notes: [
      expect.stringMatching(/Elastic IPs was not compared/),
      expect.stringMatching(/vCPUs on demand was not compared, .*GetServiceQuota/),
    ],
  });
});

test("what is needed never shrinks as the fleet may grow, and both kinds together hold all workers", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 0, max: 60 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (max, onDemandBase, spotShareAboveBase) => {
        const fleet = {
          workers: { min: 1, max, instanceTypes: ["t3.small"], spot: { onDemandBase, spotShareAboveBase } },
        };
        const needed = async (quota: Quota) => {
          const { faults, notes } = await compare({ limits: { [quota]: 0 } }, fleet);
          return Number(/can need (\d+)/.exec([...faults, ...notes].join())?.[1] ?? 0);
        };
        const [onDemand, spot] = [await needed("on-demand-vcpus"), await needed("spot-vcpus")];
        // Two vCPUs each, and the monitoring instance.
        return onDemand + spot >= max * 2 + 2;
      },
    ),
  );
});
