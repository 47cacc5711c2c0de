import {
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  type DescribeInstancesCommandOutput,
  DescribeInstanceTypesCommand,
  EC2Client,
  type Instance,
  type Tag,
} from "@aws-sdk/client-ec2";
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  ServiceQuotasClient,
} from "@aws-sdk/client-service-quotas";
import type { AccountUse, Quota, RunningMachine, Tags } from "./quotas.ts";

/** AWS's codes, all of the service `ec2`. */
const CODES: Readonly<Record<Quota, string>> = {
  addresses: "L-0263D0A3",
  "on-demand-vcpus": "L-1216C47A",
  "spot-vcpus": "L-34B43A08",
};

type Clients = {
  readonly ec2: Pick<EC2Client, "send">;
  readonly quotas: Pick<ServiceQuotasClient, "send">;
};

/** The account of the credentials in the environment, in this region. */
export function createAwsAccountUse(region: string): AccountUse {
  return accountUse({ ec2: new EC2Client({ region }), quotas: new ServiceQuotasClient({ region }) });
}

/** The same by these clients. */
export function accountUse({ ec2, quotas }: Clients): AccountUse {
  return {
    quota: async (quota) => {
      const asked = { ServiceCode: "ec2", QuotaCode: CODES[quota] };
      const { Quota } = await quotas.send(new GetServiceQuotaCommand(asked)).catch((error: unknown) => {
        // One that nobody ever raised may have no value of the account's own.
        if (!(error instanceof Error) || error.name !== "NoSuchResourceException") throw error;
        return quotas.send(new GetAWSDefaultServiceQuotaCommand(asked));
      });
      if (Quota?.Value === undefined) throw new Error(`Service Quotas names no value of ${CODES[quota]}`);
      return Quota.Value;
    },
    addresses: async () => {
      const { Addresses = [] } = await ec2.send(new DescribeAddressesCommand({}));
      return Addresses.map(({ Tags }) => tagsOf(Tags));
    },
    machines: async () => {
      const machines: RunningMachine[] = [];
      let next: string | undefined;
      do {
        const page: DescribeInstancesCommandOutput = await ec2.send(
          new DescribeInstancesCommand({
            Filters: [{ Name: "instance-state-name", Values: ["pending", "running"] }],
            NextToken: next,
          }),
        );
        machines.push(...(page.Reservations ?? []).flatMap(({ Instances = [] }) => Instances.map(machineOf)));
        next = page.NextToken;
      } while (next !== undefined);
      return machines;
    },
    vcpus: async (types) => {
      const { InstanceTypes = [] } = await ec2.send(
        new DescribeInstanceTypesCommand({ InstanceTypes: types.map((type) => type as never) }),
      );
      return new Map(
        InstanceTypes.map(({ InstanceType = "", VCpuInfo }) => [InstanceType, VCpuInfo?.DefaultVCpus ?? 0]),
      );
    },
  };
}

function machineOf({ InstanceType, InstanceLifecycle, CpuOptions, Tags }: Instance): RunningMachine {
  return {
    type: InstanceType ?? "",
    vcpus: (CpuOptions?.CoreCount ?? 1) * (CpuOptions?.ThreadsPerCore ?? 1),
    isSpot: InstanceLifecycle === "spot",
    tags: tagsOf(Tags),
  };
}

function tagsOf(tags: readonly Tag[] = []): Tags {
  return Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}
