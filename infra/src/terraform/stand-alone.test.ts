import { expect, test } from "vitest";
import { standAlone } from "./stand-alone.ts";

const stack = {
  terraform: { required_providers: { aws: { version: "5.100.0" } }, backend: { s3: { bucket: "b" } } },
  provider: { aws: [{ region: "eu-central-1", allowed_account_ids: ["123456789012"], default_tags: [{ tags: {} }] }] },
  resource: { aws_vpc: { network: {} } },
};

test("the state is beside the stack, the account does not matter, everything else stays", () => {
  expect(standAlone(stack, "none")).toEqual({
    terraform: { ...stack.terraform, backend: { local: { path: "stand-alone.tfstate" } } },
    provider: {
      aws: [
        {
          region: "eu-central-1",
          default_tags: [{ tags: {} }],
          skip_credentials_validation: true,
          skip_metadata_api_check: "true",
          skip_requesting_account_id: true,
          max_retries: 2,
        },
      ],
    },
    resource: stack.resource,
  });
});

test("an emulated account has a number", () => {
  const { provider } = standAlone(stack, "emulated");
  expect(provider).toMatchObject({ aws: [{ skip_requesting_account_id: false, skip_credentials_validation: true }] });
});

test("a stack that does not use AWS gets no provider for it", () => {
  const provider = { cloudflare: [{}] };
  expect(standAlone({ provider }, "none").provider).toEqual(provider);
});

test("the stack that was given is not changed", () => {
  const before = structuredClone(stack);
  standAlone(stack, "none");
  expect(stack).toEqual(before);
});
