import { expect, test } from "vitest";
import { FleetStack } from "../stacks/fleet-stack.ts";
import { synthStack, testFleet } from "../testing/synth.ts";
import { fleetAccount, NO_ACCOUNT, withAccount } from "./account.ts";

const named = testFleet({ deploy: { account: "123456789012" } });

test.each([
  ["of the fleet file, where it names one", named, "999999999999", "123456789012"],
  ["of the credentials, where it names none", testFleet(), "999999999999", "999999999999"],
  ["nobody's, as long as AWS has not been asked", testFleet(), undefined, NO_ACCOUNT],
])("the account is that %s", (_rule, config, asked, expected) => {
  expect(fleetAccount(withAccount(config, asked))).toBe(expected);
});

test.each([
  ["an account", named, "123456789012"],
  ["none", testFleet(), NO_ACCOUNT],
])(
  "a stack of a fleet file with %s takes credentials of that account only, for its resources and its state",
  (_rule, config, account) => {
    const { json } = synthStack((app) => new FleetStack(app, config));
    expect(json).toMatchObject({
      provider: { aws: [{ allowed_account_ids: [account] }] },
      terraform: { backend: { s3: { allowed_account_ids: [account] } } },
    });
  },
);
