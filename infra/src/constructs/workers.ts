import { AutoscalingGroup } from "@cdktf/provider-aws/lib/autoscaling-group/index.js";
import { AutoscalingLifecycleHook } from "@cdktf/provider-aws/lib/autoscaling-lifecycle-hook/index.js";
import { type FleetConfig, fleetNames, lifecycleHooks } from "@compose-fleet/fleet";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { resourceTags } from "../account/names.ts";
import { createMachineTemplate } from "./machine-template.ts";

/** AWS's own figures of the group, which alarms read. One value a minute each. */
const GROUP_METRICS = [
  "GroupMinSize",
  "GroupMaxSize",
  "GroupDesiredCapacity",
  "GroupInServiceInstances",
  "GroupPendingInstances",
  "GroupTerminatingInstances",
  "GroupTotalInstances",
];

export interface WorkersProps {
  readonly config: FleetConfig;
  /** In the order of `network.zones`. */
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  readonly targetGroupArns: readonly string[];
  readonly profileName: string;
  /** What a worker needs at its boot: routes, and its role's policy. */
  readonly after: readonly ITerraformDependable[];
}

/** The group of workers, which the scaler alone resizes: AWS neither rebalances nor judges the workers' health beyond EC2's own checks. */
export class Workers extends Construct {
  readonly group: AutoscalingGroup;

  constructor(scope: Construct, id: string, props: WorkersProps) {
    super(scope, id);
    const { config, subnetIds, securityGroupId, targetGroupArns, profileName, after } = props;
    const names = fleetNames(config);
    const { min, max, instanceTypes, spot } = config.workers;
    const [firstType = ""] = instanceTypes;
    const template = createMachineTemplate(this, "template", {
      config,
      kind: "workers",
      instanceType: firstType,
      securityGroupId,
      profileName,
      tags: names.workerTags,
      // Services of a user run here: the role is the machine's, out of reach of its containers.
      metadataHops: 1,
    });
    const hooks = groupHooks(config);
    this.group = new AutoscalingGroup(this, "group", {
      name: names.group,
      minSize: min,
      maxSize: max,
      vpcZoneIdentifier: [...subnetIds],
      targetGroupArns: [...targetGroupArns],
      // "ELB" would replace every worker that drains.
      healthCheckType: "EC2",
      // One controller only: both would end workers that nobody has drained.
      suspendedProcesses: ["AZRebalance"],
      capacityRebalance: false,
      mixedInstancesPolicy: {
        instancesDistribution: {
          onDemandBaseCapacity: spot.onDemandBase,
          onDemandPercentageAboveBaseCapacity: Math.round((1 - spot.spotShareAboveBase) * 100),
          onDemandAllocationStrategy: "prioritized",
          spotAllocationStrategy: "price-capacity-optimized",
        },
        launchTemplate: {
          launchTemplateSpecification: { launchTemplateId: template.id, version: "$Latest" },
          override: instanceTypes.map((instanceType) => ({ instanceType })),
        },
      },
      // The hooks have to hold the first workers, too: those below come only once the group exists.
      initialLifecycleHook: hooks.map(({ id: _id, ...hook }) => hook),
      enabledMetrics: GROUP_METRICS,
      metricsGranularity: "1Minute",
      tag: Object.entries({ ...resourceTags(config), ...names.workerTags }).map(([key, value]) => ({
        key,
        value,
        propagateAtLaunch: true,
      })),
      // A worker that cannot boot makes the deployment fail, and says so in its log.
      waitForCapacityTimeout: "20m",
      dependsOn: [...after],
      // The scaler's business.
      lifecycle: { ignoreChanges: ["desired_capacity"] },
    });
    for (const { id: hookId, ...hook } of hooks)
      new AutoscalingLifecycleHook(this, hookId, { autoscalingGroupName: this.group.name, ...hook });
  }
}

function groupHooks(config: FleetConfig) {
  const { launching, terminating } = lifecycleHooks(config);
  return [launching, terminating].map(({ name, transition, heartbeatSeconds, defaultResult }) => ({
    id: transition,
    name,
    lifecycleTransition: `autoscaling:EC2_INSTANCE_${transition.toUpperCase()}`,
    heartbeatTimeout: heartbeatSeconds,
    defaultResult,
  }));
}
