import { expect, test } from "vitest";
import { planAddresses } from "../docker/addresses.ts";
import { createAddressPool } from "./address-pool.ts";

const plan = planAddresses("10.1.0.0/24");
const all = Array.from({ length: plan.instanceLimit }, (_each, index) => plan.instanceAddress(index));

test("an address that was given back comes last", () => {
  const give = createAddressPool(plan);
  const [first = ""] = all;
  expect(give(new Set())).toBe(first);
  const given = all.slice(1).map(() => give(new Set()));
  expect(given).toEqual(all.slice(1));
  expect(give(new Set())).toBe(first);
});

test("one that is in use is passed over", () => {
  const give = createAddressPool(plan);
  expect(give(new Set(all.slice(0, 3)))).toBe(all[3]);
});

test("without a free one it says how many there are room for", () => {
  expect(() => createAddressPool(plan)(new Set(all))).toThrow(`has room for ${plan.instanceLimit} instances`);
});
