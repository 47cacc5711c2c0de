import type { FleetConfig } from "@compose-fleet/fleet";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { useAws } from "../account/aws.ts";
import { stackName } from "../account/names.ts";
import { useStateBucket } from "../account/state-backend.ts";
import { Alarms } from "../constructs/alarms.ts";
import { EventQueue } from "../constructs/event-queue.ts";
import { ImageRegistry } from "../constructs/image-registry.ts";
import { createLaunchFailureRule } from "../constructs/launch-failure.ts";
import { LoadBalancer } from "../constructs/load-balancer.ts";
import { LogGroups } from "../constructs/log-groups.ts";
import { MachineRoles } from "../constructs/machine-roles.ts";
import { Monitoring, monitoringName } from "../constructs/monitoring.ts";
import { Network } from "../constructs/network.ts";
import { PrivateZone } from "../constructs/private-zone.ts";
import { createRevisionBucket, Releases } from "../constructs/releases.ts";
import { SecurityGroups } from "../constructs/security-groups.ts";
import { createStateTable } from "../constructs/state-table.ts";
import { WorkerCommands } from "../constructs/worker-commands.ts";
import { Workers } from "../constructs/workers.ts";
import { addFleetOutputs } from "./fleet-outputs.ts";

/** Everything that serves requests and scales. No data sources: a plan asks AWS nothing. */
export class FleetStack extends TerraformStack {
  constructor(scope: Construct, config: FleetConfig) {
    super(scope, stackName(config, "fleet"));
    useStateBucket(this, config, "fleet");
    useAws(this, config);

    const network = new Network(this, "network", config);
    const vpcId = network.vpc.id;
    const subnetIds = network.subnets.map(({ id }) => id);
    const securityGroups = new SecurityGroups(this, "security-groups", { config, vpcId });
    const balancer = new LoadBalancer(this, "load-balancer", {
      config,
      vpcId,
      subnets: network.subnets,
      securityGroupId: securityGroups.loadBalancer.id,
      gateway: network.gateway,
    });

    const registry = new ImageRegistry(this, "images", config);
    const revisions = createRevisionBucket(this, "revisions", config);
    const roles = new MachineRoles(this, "roles", {
      config,
      repositories: Object.values(registry.repositories),
      revisionBucket: revisions.bucket,
      logGroups: new LogGroups(this, "logs", config),
      stateTable: createStateTable(this, "state", config),
      commands: new WorkerCommands(this, "commands", config),
    });

    const workers = new Workers(this, "workers", {
      config,
      subnetIds,
      securityGroupId: securityGroups.workers.id,
      targetGroupArns: balancer.targetGroups.map(({ arn }) => arn),
      profileName: roles.workers.profile.name,
      after: [...network.routes, ...securityGroups.rules],
    });
    const monitoring = new Monitoring(this, "monitoring", {
      config,
      subnetId: subnetIds[0] ?? "",
      availabilityZone: network.subnets[0]?.availabilityZone ?? "",
      securityGroupId: securityGroups.monitoring.id,
      profileName: roles.monitoring.profile.name,
      after: [...network.routes, ...securityGroups.rules],
    });
    new PrivateZone(this, "private-zone", { config, vpcId, monitoringAddress: monitoring.instance.privateIp });

    const launchFailure = createLaunchFailureRule(this, "launch-failure", config);
    const events = new EventQueue(this, "events", config, [launchFailure]);
    new Alarms(this, "alarms", {
      config,
      loadBalancer: balancer.loadBalancer.arnSuffix,
      targetGroup: balancer.targetGroup.arnSuffix,
      monitoringInstanceId: monitoring.instance.id,
      launchFailure,
      deadLetters: events.deadLetters,
    });
    const releases = new Releases(this, "releases", {
      config,
      groupName: workers.group.name,
      monitoringName: monitoringName(config),
    });
    addFleetOutputs(this, {
      config,
      network,
      securityGroups,
      balancer,
      registry,
      revisionBucket: revisions.bucket,
      releases,
      monitoring,
    });
  }
}
