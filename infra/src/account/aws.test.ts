import { TerraformStack } from "cdktf";
import { expect, test } from "vitest";
import { synthStack, testFleet } from "../testing/synth.ts";
import { useAws } from "./aws.ts";

const providerOf = (config: ReturnType<typeof testFleet>) =>
  synthStack((app) => {
    const stack = new TerraformStack(app, "stack");
    useAws(stack, config);
    return stack;
  }).json.provider;

test("everything is in the fleet's region and carries its tags", () => {
  expect(providerOf(testFleet({ region: "eu-west-1", environment: "dev" }))).toMatchObject({
    aws: [{ region: "eu-west-1", default_tags: [{ tags: { fleet: "test", environment: "dev" } }] }],
  });
});

test("credentials of another account than the fleet's are refused", () => {
  expect(providerOf(testFleet({ deploy: { account: "123456789012" } }))).toMatchObject({
    aws: [{ allowed_account_ids: ["123456789012"] }],
  });
});
