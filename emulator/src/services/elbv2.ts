import type {
  DescribeLoadBalancersCommandOutput,
  DescribeTargetGroupAttributesCommandOutput,
  DescribeTargetGroupsCommandOutput,
  DescribeTargetHealthCommandOutput,
  TargetHealth,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { DEREGISTRATION_SECONDS, type FleetConfig, fleetNames, HEALTH_PATH, PORTS } from "@compose-fleet/fleet";
import { z } from "zod";
import type { LoadBalancer } from "../balancer/load-balancer.ts";
import type { Target } from "../balancer/target-group.ts";
import { type AwsService, action } from "../protocol/action.ts";
import { page } from "../protocol/page.ts";
import { queryInteger } from "../protocol/query-parameters.ts";
import { AwsError } from "../refusals/aws-error.ts";

/** What a handler returns: the output without what the SDK adds to it. */
type Output<Command> = Omit<Command, "$metadata">;

/** Names of the fleet's load balancer and target group. */
export interface ElbV2Names {
  readonly name: string;
  readonly loadBalancerArn: string;
  readonly targetGroupArn: string;
}

export interface ElbV2Deps {
  readonly balancer: LoadBalancer;
  readonly names: ElbV2Names;
  readonly vpcId: string;
  readonly zones: readonly string[];
}

const FAULT = "ValidationError";
const list = z.array(z.string()).default([]);
const paging = { PageSize: queryInteger.optional(), Marker: z.string().optional() };

/** The load balancer's and the target group's names and ARNs in the emulated account. */
export function elbV2Names(config: Pick<FleetConfig, "name" | "environment" | "network" | "region">): ElbV2Names {
  // AWS allows 32 characters.
  const name = fleetNames(config)
    .group.replace(/-workers$/, "")
    .slice(0, 32)
    .replace(/-$/, "");
  const prefix = `arn:aws:elasticloadbalancing:${config.region}:000000000000`;
  return {
    name,
    loadBalancerArn: `${prefix}:loadbalancer/net/${name}/0000000000000000`,
    targetGroupArn: `${prefix}:targetgroup/${name}/0000000000000000`,
  };
}

/** The reading actions of Elastic Load Balancing 2015-12-01, over the balancer's real states. */
export function createElbV2(deps: ElbV2Deps): AwsService {
  const { names } = deps;
  const requireTargetGroup = (arn: string) => {
    if (arn !== names.targetGroupArn) throw new AwsError("TargetGroupNotFound", `Target groups '${arn}' not found`);
  };

  const describeLoadBalancers = action(
    FAULT,
    z.object({ LoadBalancerArns: list, Names: list, ...paging }),
    (input): Output<DescribeLoadBalancersCommandOutput> => {
      for (const asked of input.LoadBalancerArns)
        if (asked !== names.loadBalancerArn)
          throw new AwsError("LoadBalancerNotFound", `Load balancers '[${asked}]' not found`);
      for (const asked of input.Names)
        if (asked !== names.name) throw new AwsError("LoadBalancerNotFound", `Load balancers '[${asked}]' not found`);
      return {
        LoadBalancers: [
          {
            LoadBalancerArn: names.loadBalancerArn,
            LoadBalancerName: names.name,
            DNSName: `${names.name}.elb.internal`,
            Type: "network",
            Scheme: "internet-facing",
            State: { Code: "active" },
            VpcId: deps.vpcId,
            IpAddressType: "ipv4",
            AvailabilityZones: deps.zones.map((ZoneName) => ({ ZoneName, SubnetId: `subnet-${ZoneName}` })),
          },
        ],
      };
    },
  );

  const describeTargetGroups = action(
    FAULT,
    z.object({ TargetGroupArns: list, Names: list, LoadBalancerArn: z.string().optional(), ...paging }),
    (input): Output<DescribeTargetGroupsCommandOutput> => {
      for (const arn of input.TargetGroupArns) requireTargetGroup(arn);
      for (const asked of input.Names)
        if (asked !== names.name) throw new AwsError("TargetGroupNotFound", `Target groups '[${asked}]' not found`);
      if (input.LoadBalancerArn !== undefined && input.LoadBalancerArn !== names.loadBalancerArn)
        throw new AwsError("LoadBalancerNotFound", `Load balancers '[${input.LoadBalancerArn}]' not found`);
      const { rules } = deps.balancer;
      const group = {
        TargetGroupArn: names.targetGroupArn,
        TargetGroupName: names.name,
        Protocol: "TCP" as const,
        Port: PORTS.workerHttp,
        VpcId: deps.vpcId,
        TargetType: "instance" as const,
        IpAddressType: "ipv4" as const,
        LoadBalancerArns: [names.loadBalancerArn],
        HealthCheckEnabled: true,
        HealthCheckProtocol: "HTTP" as const,
        HealthCheckPort: "traffic-port",
        HealthCheckPath: HEALTH_PATH,
        HealthCheckIntervalSeconds: Math.max(1, Math.round(rules.intervalMs / 1000)),
        HealthyThresholdCount: rules.healthyThreshold,
        UnhealthyThresholdCount: rules.unhealthyThreshold,
        Matcher: { HttpCode: "200" },
      };
      const { items, nextToken } = page([group], input.PageSize ?? 400, input.Marker, FAULT);
      return { TargetGroups: items, NextMarker: nextToken };
    },
  );

  const describeAttributes = action(
    FAULT,
    z.object({ TargetGroupArn: z.string() }),
    (input): Output<DescribeTargetGroupAttributesCommandOutput> => {
      requireTargetGroup(input.TargetGroupArn);
      return {
        Attributes: [
          { Key: "deregistration_delay.timeout_seconds", Value: String(DEREGISTRATION_SECONDS) },
          { Key: "proxy_protocol_v2.enabled", Value: "true" },
          { Key: "preserve_client_ip.enabled", Value: "false" },
          { Key: "deregistration_delay.connection_termination.enabled", Value: "false" },
          // Not AWS's default, and needed: a draining worker fails its health check and must keep its connections.
          { Key: "target_health_state.unhealthy.connection_termination.enabled", Value: "false" },
        ],
      };
    },
  );

  const describeTargetHealth = action(
    FAULT,
    z.object({
      TargetGroupArn: z.string(),
      Targets: z.array(z.object({ Id: z.string(), Port: queryInteger.optional() })).default([]),
    }),
    (input): Output<DescribeTargetHealthCommandOutput> => {
      requireTargetGroup(input.TargetGroupArn);
      const known = new Map(deps.balancer.targets().map((target) => [target.id, target]));
      const asked = input.Targets.length > 0 ? input.Targets.map((target) => target.Id) : [...known.keys()];
      return {
        TargetHealthDescriptions: asked.map((Id) => ({
          Target: { Id, Port: PORTS.workerHttp },
          HealthCheckPort: String(PORTS.workerHttp),
          TargetHealth: healthOf(known.get(Id)),
        })),
      };
    },
  );

  return {
    protocol: "query",
    version: "2015-12-01",
    namespace: "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
    actions: {
      DescribeLoadBalancers: describeLoadBalancers,
      DescribeTargetGroups: describeTargetGroups,
      DescribeTargetGroupAttributes: describeAttributes,
      DescribeTargetHealth: describeTargetHealth,
    },
  };
}

function healthOf(target: Pick<Target, "state" | "isRegistering"> | undefined): TargetHealth {
  switch (target?.state) {
    case "healthy":
      return { State: "healthy" };
    case "unhealthy":
      return { State: "unhealthy", Reason: "Target.FailedHealthChecks", Description: "Health checks failed" };
    case "draining":
      return {
        State: "draining",
        Reason: "Target.DeregistrationInProgress",
        Description: "Target deregistration is in progress",
      };
    case "initial":
      return target?.isRegistering
        ? {
            State: "initial",
            Reason: "Elb.RegistrationInProgress",
            Description: "Target registration is in progress",
          }
        : {
            State: "initial",
            Reason: "Elb.InitialHealthChecking",
            Description: "Initial health checks in progress",
          };
    case undefined:
      return {
        State: "unused",
        Reason: "Target.NotRegistered",
        Description: "Target is not registered to the target group",
      };
  }
}
