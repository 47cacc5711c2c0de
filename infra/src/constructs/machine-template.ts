import { LaunchTemplate } from "@cdktf/provider-aws/lib/launch-template/index.js";
import type { MachineKind } from "@compose-fleet/fleet";
import { architectureOf, type FleetConfig, fleetNames, machineImage } from "@compose-fleet/fleet";
import type { Construct } from "constructs";
import { resourceName, resourceTags } from "../account/names.ts";
import { userDataBase64 } from "./user-data.ts";

/** Where Ubuntu's image expects its root volume, and so one that was made from it. */
const ROOT_DEVICE = "/dev/sda1";
/** Of the system, Docker's images and logs. */
const ROOT_GIGABYTES = 20;

export interface MachineTemplateProps {
  readonly config: FleetConfig;
  readonly kind: MachineKind;
  /** The first one where a group names several. */
  readonly instanceType: string;
  readonly securityGroupId: string;
  /** Name of the instance profile that carries the role. */
  readonly profileName: string;
  /** Tags of the instance; its volumes get them too. */
  readonly tags: Readonly<Record<string, string>>;
  /** How far the metadata service's answers travel: 1 reaches the machine, 2 its containers as well. */
  readonly metadataHops: 1 | 2;
}

/** How machines of one kind are launched: newest Ubuntu 24.04, metadata by IMDSv2 only, encrypted disk, user data, no key. */
export function createMachineTemplate(scope: Construct, id: string, props: MachineTemplateProps): LaunchTemplate {
  const { config, kind, instanceType, securityGroupId, profileName, metadataHops } = props;
  const tags = { ...resourceTags(config), ...props.tags };
  return new LaunchTemplate(scope, id, {
    name: resourceName(config, kind),
    updateDefaultVersion: true,
    imageId: imageOf(config, kind, instanceType),
    instanceType,
    vpcSecurityGroupIds: [securityGroupId],
    iamInstanceProfile: { name: profileName },
    userData: userDataBase64(kind, config),
    metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: metadataHops },
    blockDeviceMappings: [
      {
        deviceName: ROOT_DEVICE,
        ebs: { volumeType: "gp3", volumeSize: ROOT_GIGABYTES, encrypted: "true", deleteOnTermination: "true" },
      },
    ],
    tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({ resourceType, tags })),
  });
}

/** Looked up by EC2 at each launch: a new image needs no deployment, and a deployment puts no old one back. */
function imageOf(config: FleetConfig, kind: MachineKind, instanceType: string): string {
  if (kind === "workers" && config.workers.image === "baked")
    return `resolve:ssm:${fleetNames(config).workerImageParameter}`;
  return machineImage(architectureOf(instanceType));
}
