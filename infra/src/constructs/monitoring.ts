import { EbsVolume } from "@cdktf/provider-aws/lib/ebs-volume/index.js";
import { Instance } from "@cdktf/provider-aws/lib/instance/index.js";
import { VolumeAttachment } from "@cdktf/provider-aws/lib/volume-attachment/index.js";
import type { FleetConfig } from "@compose-fleet/fleet";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { resourceName, resourceTags } from "../account/names.ts";
import { DataSnapshots } from "./data-snapshots.ts";
import { createMachineTemplate } from "./machine-template.ts";

/** On Nitro machines only a wish; user data finds the volume as the one that is not the root's. */
const DATA_DEVICE = "/dev/sdf";

export interface MonitoringProps {
  readonly config: FleetConfig;
  /** In the first of `network.zones`, where the data volume is. */
  readonly subnetId: string;
  readonly availabilityZone: string;
  readonly securityGroupId: string;
  readonly profileName: string;
  /** What it needs at its boot: routes, and its role's policy. */
  readonly after: readonly ITerraformDependable[];
}

/** Name tag of the monitoring instance, by which CodeDeploy finds it. */
export function monitoringName(config: FleetConfig): string {
  return resourceName(config, "monitoring");
}

/** The monitoring instance. AWS moves it to sound hardware by itself; its data lies on a volume that outlives it. */
export class Monitoring extends Construct {
  readonly instance: Instance;
  readonly data: EbsVolume;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { config, subnetId, availabilityZone, securityGroupId, profileName, after } = props;
    const tags = { Name: monitoringName(config) };
    const template = createMachineTemplate(this, "template", {
      config,
      kind: "monitoring",
      instanceType: config.monitoring.instanceType,
      securityGroupId,
      profileName,
      tags,
      // Prometheus and wh use the instance's role from inside of containers.
      metadataHops: 2,
    });
    this.instance = new Instance(this, "instance", {
      subnetId,
      // A new version of the template replaces the instance.
      launchTemplate: { id: template.id, version: template.latestVersion.toString() },
      maintenanceOptions: { autoRecovery: "default" },
      // The template's, and ours by it alone. The provider hashes the hash that it has recorded, and would change it at every plan
      // (hashicorp/terraform-provider-aws#30825). Another script is another version of the template, which replaces the instance.
      lifecycle: { ignoreChanges: ["user_data"] },
      tags: { ...resourceTags(config), ...tags },
      dependsOn: [...after],
    });
    const dataName = resourceName(config, "monitoring-data");
    this.data = new EbsVolume(this, "data", {
      availabilityZone,
      type: "gp3",
      size: config.monitoring.dataGigabytes,
      encrypted: true,
      tags: { Name: dataName },
      ...(config.deploy.protect ? { lifecycle: { preventDestroy: true } } : {}),
    });
    if (config.deploy.protect) new DataSnapshots(this, "snapshots", config, dataName);
    new VolumeAttachment(this, "data-attachment", {
      deviceName: DATA_DEVICE,
      volumeId: this.data.id,
      instanceId: this.instance.id,
      // Prometheus writes until the machine stops.
      stopInstanceBeforeDetaching: true,
    });
  }
}
