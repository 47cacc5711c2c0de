import type {
  DescribeAvailabilityZonesCommandOutput,
  DescribeInstanceStatusCommandOutput,
  DescribeInstancesCommandOutput,
  Instance,
  Reservation,
} from "@aws-sdk/client-ec2";
import { z } from "zod";
import { type Ec2Instance, type InstanceStore, STATE_CODES } from "../../cloud/instance-store.ts";
import { type AwsService, action } from "../../protocol/action.ts";
import { page } from "../../protocol/page.ts";
import { queryBoolean, queryInteger } from "../../protocol/query-parameters.ts";
import { AwsError } from "../../refusals/aws-error.ts";
import { filterSchema, matchesFilters } from "./filters.ts";
import { describeStatus } from "./status.ts";

export interface Ec2Deps {
  readonly instances: InstanceStore;
  readonly region: string;
  readonly zones: readonly string[];
  readonly vpcId: string;
}

const FAULT = "InvalidParameterValue";
/** The actions of EC2 2016-11-15 that service discovery and a scaler need. */
export function createEc2(deps: Ec2Deps): AwsService {
  const describeInstances = action(
    FAULT,
    selectionSchema,
    (input): Omit<DescribeInstancesCommandOutput, "$metadata"> => {
      const { items, nextToken } = select(deps.instances, input, () => true);
      return { Reservations: items.map((each) => describeReservation(each, deps.vpcId)), NextToken: nextToken };
    },
  );

  const describeInstanceStatus = action(
    FAULT,
    selectionSchema.extend({ IncludeAllInstances: queryBoolean.default(false) }),
    (input): Omit<DescribeInstanceStatusCommandOutput, "$metadata"> => {
      // As in EC2: without being asked for all, only those that run.
      const isAsked = ({ state }: Ec2Instance) => input.IncludeAllInstances || state === "running";
      const { items, nextToken } = select(deps.instances, input, isAsked);
      return { InstanceStatuses: items.map(describeStatus), NextToken: nextToken };
    },
  );

  const describeZones = action(
    FAULT,
    z.object({}),
    (): Omit<DescribeAvailabilityZonesCommandOutput, "$metadata"> => ({
      AvailabilityZones: deps.zones.map((ZoneName, index) => ({
        ZoneName,
        ZoneId: `loc1-az${index + 1}`,
        RegionName: deps.region,
        GroupName: deps.region,
        State: "available" as const,
        ZoneType: "availability-zone",
        OptInStatus: "opt-in-not-required" as const,
      })),
    }),
  );

  return {
    protocol: "ec2",
    version: "2016-11-15",
    actions: {
      DescribeInstances: describeInstances,
      DescribeInstanceStatus: describeInstanceStatus,
      DescribeAvailabilityZones: describeZones,
    },
  };
}

const selectionSchema = z.object({
  InstanceId: z.array(z.string()).default([]),
  Filter: z.array(filterSchema).default([]),
  MaxResults: queryInteger.optional(),
  NextToken: z.string().optional(),
});

/** The page of instances that ids, filters and `isAsked` select. Throws `AwsError` as EC2 does for what it does not know. */
function select(
  instances: InstanceStore,
  input: z.output<typeof selectionSchema>,
  isAsked: (instance: Ec2Instance) => boolean,
) {
  for (const id of input.InstanceId) requireInstance(instances, id);
  if (input.MaxResults !== undefined && (input.MaxResults < 5 || input.MaxResults > 1000))
    throw new AwsError(
      FAULT,
      `Value ( ${input.MaxResults} ) for parameter maxResults is invalid. Expecting a value greater than 5.`,
    );
  const found = instances
    .list()
    .filter((each) => input.InstanceId.length === 0 || input.InstanceId.includes(each.id))
    .filter((each) => matchesFilters(each, input.Filter) && isAsked(each));
  return page(found, input.MaxResults ?? 1000, input.NextToken, FAULT);
}

function requireInstance(instances: InstanceStore, id: string): void {
  if (!/^i-[0-9a-f]{8,17}$/.test(id)) throw new AwsError("InvalidInstanceID.Malformed", `Invalid id: "${id}"`);
  if (!instances.get(id)) throw new AwsError("InvalidInstanceID.NotFound", `The instance ID '${id}' does not exist`);
}

function describeReservation(instance: Ec2Instance, vpcId: string): Reservation {
  return {
    ReservationId: `r-${instance.id.slice(2)}`,
    OwnerId: "000000000000",
    Groups: [],
    Instances: [describeInstance(instance, vpcId)],
  };
}

/** A terminated instance has no address and no network any more, as in EC2. */
function describeInstance(instance: Ec2Instance, vpcId: string): Instance {
  const alive = instance.state !== "terminated";
  const described: Instance = {
    InstanceId: instance.id,
    ImageId: "ami-00000000000000000",
    InstanceType: instance.instanceType as NonNullable<Instance["InstanceType"]>,
    ...(instance.lifecycle === "spot" && { InstanceLifecycle: "spot" }),
    Architecture: "x86_64",
    State: { Code: STATE_CODES[instance.state], Name: instance.state },
    LaunchTime: new Date(instance.launchedAtMs),
    Placement: { AvailabilityZone: instance.zone, Tenancy: "default" },
    PrivateDnsName: alive ? `ip-${instance.address.replaceAll(".", "-")}.internal` : "",
    PublicDnsName: "",
    Tags: Object.entries(instance.tags).map(([Key, Value]) => ({ Key, Value })),
  };
  if (!alive) return described;
  return {
    ...described,
    PrivateIpAddress: instance.address,
    VpcId: vpcId,
    SubnetId: `subnet-${instance.zone}`,
    NetworkInterfaces: [
      {
        NetworkInterfaceId: `eni-${instance.id.slice(2)}`,
        SubnetId: `subnet-${instance.zone}`,
        VpcId: vpcId,
        PrivateIpAddress: instance.address,
        Ipv6Addresses: [],
        PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: instance.address }],
      },
    ],
  };
}
