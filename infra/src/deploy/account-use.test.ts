import { expect, test } from "vitest";
import { accountUse } from "./account-use.ts";

/** Clients that answer each call by its name, in turn; an error is thrown. */
function clients(answers: Readonly<Record<string, readonly unknown[]>>) {
  const asked: [string, unknown][] = [];
  const left = new Map(Object.entries(answers).map(([name, given]) => [name, [...given]]));
  const send = async (command: { readonly constructor: { readonly name: string }; readonly input: unknown }) => {
    const name = command.constructor.name.replace(/Command$/, "");
    asked.push([name, command.input]);
    const answer = left.get(name)?.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const client = { send } as never;
  return { use: accountUse({ ec2: client, quotas: client }), asked };
}

test("a quota is the account's own, asked for by AWS's code", async () => {
  const { use, asked } = clients({ GetServiceQuota: [{ Quota: { Value: 5 } }] });
  expect(await use.quota("addresses")).toBe(5);
  expect(asked).toEqual([["GetServiceQuota", { ServiceCode: "ec2", QuotaCode: "L-0263D0A3" }]]);
});

test("one that nobody raised is AWS's default", async () => {
  const missing = Object.assign(new Error("none"), { name: "NoSuchResourceException" });
  const { use } = clients({ GetServiceQuota: [missing], GetAWSDefaultServiceQuota: [{ Quota: { Value: 32 } }] });
  expect(await use.quota("on-demand-vcpus")).toBe(32);
});

test("a quota without a value is no zero", async () => {
  const { use } = clients({ GetServiceQuota: [{ Quota: {} }] });
  await expect(use.quota("spot-vcpus")).rejects.toThrow("names no value of L-34B43A08");
});

test("machines of every page count with the processors that they have", async () => {
  const machine = (more: object) => ({ Reservations: [{ Instances: [{ InstanceType: "t3.small", ...more }] }] });
  const { use, asked } = clients({
    DescribeInstances: [
      { ...machine({ CpuOptions: { CoreCount: 1, ThreadsPerCore: 2 }, InstanceLifecycle: "spot" }), NextToken: "2" },
      machine({ CpuOptions: { CoreCount: 2, ThreadsPerCore: 2 }, Tags: [{ Key: "fleet", Value: "demo" }] }),
    ],
  });
  expect(await use.machines()).toEqual([
    { type: "t3.small", vcpus: 2, isSpot: true, tags: {} },
    { type: "t3.small", vcpus: 4, isSpot: false, tags: { fleet: "demo" } },
  ]);
  expect(asked.map(([, input]) => (input as { NextToken?: string }).NextToken)).toEqual([undefined, "2"]);
});

test("addresses come with their tags, types with their processors", async () => {
  const { use } = clients({
    DescribeAddresses: [{ Addresses: [{ Tags: [{ Key: "fleet", Value: "demo" }] }, {}] }],
    DescribeInstanceTypes: [{ InstanceTypes: [{ InstanceType: "t3.small", VCpuInfo: { DefaultVCpus: 2 } }] }],
  });
  expect(await use.addresses()).toEqual([{ fleet: "demo" }, {}]);
  expect(await use.vcpus(["t3.small"])).toEqual(new Map([["t3.small", 2]]));
});
