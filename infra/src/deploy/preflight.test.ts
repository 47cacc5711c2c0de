import { describe, expect, test } from "vitest";
import { testFleet } from "../testing/synth.ts";
import type { Account } from "./account.ts";
import { preflight } from "./preflight.ts";

const secrets = ["REMOTE_WRITE_PASSWORD", "PROMETHEUS_PASSWORD", "ALERTS_TOKEN", "API_TOKEN", "GRAFANA_PASSWORD"];
const config = testFleet({ deploy: { account: "123456789012" } });

/** An account that is ready for everything, but for what is said. */
function accountWith(changes: Partial<Account> = {}): Account {
  return {
    id: async () => "123456789012",
    hasBucket: async () => true,
    hasObject: async () => true,
    stateLock: async () => undefined,
    parameterNames: async () => new Set(secrets),
    stateResources: async () => 0,
    emptyBucket: async () => {
      throw new Error("a look empties nothing");
    },
    pendingMailSubscriptions: async () => [],
    ...changes,
  };
}

test("an account that is ready has no faults", async () => {
  expect(await preflight(config, ["fleet"], accountWith())).toEqual({
    faults: [],
    account: "123456789012",
    hasStateBucket: true,
    hasBootstrapState: true,
  });
});

test("a bootstrap that stopped halfway has a bucket without its state in it", async () => {
  const halfway = accountWith({ hasObject: async (_bucket, key) => key !== "test-production-bootstrap.tfstate" });
  expect(await preflight(config, ["bootstrap"], halfway)).toEqual({
    faults: [],
    account: "123456789012",
    hasStateBucket: true,
    hasBootstrapState: false,
  });
});

describe("a deployment does not begin", () => {
  test.each<[string, Partial<Account>, RegExp]>([
    [
      "in another account",
      { id: async () => "999999999999" },
      /of account 999999999999, the fleet file says 123456789012/,
    ],
    [
      "without the state's bucket",
      { hasBucket: async () => false },
      /fleet-test-production-tfstate-123456789012, is not in .*deploy -- bootstrap/,
    ],
    [
      "while somebody else deploys",
      {
        stateLock: async () => ({
          id: "7",
          who: "ann@laptop",
          operation: "OperationTypeApply",
          createdAt: "2026-01-01T00:00:00Z",
        }),
      },
      /ann@laptop has held the state of fleet since 2026-01-01T00:00:00Z .*force-unlock 7/,
    ],
    [
      "without a secret",
      { parameterNames: async () => new Set(secrets.slice(1)) },
      /REMOTE_WRITE_PASSWORD: not in Parameter Store.*npx fleet secrets generate/,
    ],
  ])("%s", async (_rule, changes, sentence) => {
    const { faults } = await preflight(config, ["fleet"], accountWith(changes));
    expect(faults).toEqual([expect.stringMatching(sentence)]);
  });
});

test("a fleet file without an account is for that of the credentials, whose state bucket has its number in its name", async () => {
  const asked: string[] = [];
  const account = accountWith({ hasBucket: async (name) => asked.push(name) > 0 });
  expect(await preflight(testFleet(), ["fleet"], account)).toMatchObject({ faults: [], account: "123456789012" });
  expect(asked).toEqual(["fleet-test-production-tfstate-123456789012"]);
});

test("the bootstrap needs neither bucket nor secrets", async () => {
  const bare = accountWith({ hasBucket: async () => false, parameterNames: async () => new Set() });
  expect(await preflight(config, ["bootstrap"], bare)).toEqual({
    faults: [],
    account: "123456789012",
    hasStateBucket: false,
    hasBootstrapState: false,
  });
});

test("the bucket does not go while it holds the record of something that exists", async () => {
  const inUse = accountWith({
    stateResources: async (_bucket, key) => (key === "test-production-fleet.tfstate" ? 68 : 0),
  });
  expect((await preflight(config, ["bootstrap"], inUse, "destroy")).faults).toEqual([
    expect.stringContaining("destroy fleet first, or along with it (npm run deploy -- fleet bootstrap --destroy)"),
  ]);
  expect((await preflight(config, ["fleet", "bootstrap"], inUse, "destroy")).faults).toEqual([]);
});

test("workers of a baked image need one", async () => {
  const baked = testFleet({ deploy: { account: "123456789012" }, workers: { image: "baked" } });
  const account = (image: readonly string[]) =>
    accountWith({ parameterNames: async (path) => new Set(path.endsWith("/secrets") ? secrets : image) });
  expect((await preflight(baked, ["fleet"], account(["replicas"]))).faults).toEqual([
    expect.stringContaining("run npx fleet image"),
  ]);
  expect((await preflight(baked, ["fleet"], account(["replicas", "worker-image"]))).faults).toEqual([]);
});

test.each(["destroy", "plan"] as const)("%s needs no secrets", async (verb) => {
  const bare = accountWith({ parameterNames: async () => new Set() });
  expect((await preflight(config, ["fleet"], bare, verb)).faults).toEqual([]);
});
