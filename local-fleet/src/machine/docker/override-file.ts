import { Document, isNode } from "yaml";
import type { ComposeShape } from "./compose-project.ts";

/** How one service differs from production's compose file. */
interface ServiceOverride {
  /** Replaces the service's networks. */
  readonly networks?: Readonly<Record<string, object>>;
  /** Replaces the published ports; empty publishes nothing. */
  readonly ports?: readonly string[];
}

/** What a service has in addition. */
interface ServiceAddition {
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
}

export interface OverrideSpec {
  readonly labels: Readonly<Record<string, string>>;
  /** Existing Docker networks, by the name they have in the file. */
  readonly externalNetworks: Readonly<Record<string, string>>;
  readonly cgroupParent?: string;
  readonly services: Readonly<Record<string, ServiceOverride>>;
  readonly additions?: Readonly<Record<string, ServiceAddition>>;
}

/** A compose file to put after production's: labels everything, and changes what a shared machine needs changed. */
export function renderOverride(shape: ComposeShape, spec: OverrideSpec): string {
  const labelled = { labels: spec.labels };
  const service = (name: string) => ({
    ...labelled,
    ...(spec.cgroupParent === undefined ? {} : { cgroup_parent: spec.cgroupParent }),
    ...spec.services[name],
    ...spec.additions?.[name],
  });
  const external = Object.entries(spec.externalNetworks).map(([key, name]) => [key, { external: true, name }]);
  const content = {
    services: Object.fromEntries(shape.services.map((name) => [name, service(name)])),
    networks: Object.fromEntries([...shape.networks.map((name) => [name, labelled]), ...external]),
    volumes: Object.fromEntries(shape.volumes.map((name) => [name, labelled])),
  };
  const document = new Document(content, { aliasDuplicateObjects: false });
  for (const [name, change] of Object.entries(spec.services))
    for (const key of Object.keys(change)) {
      const node = document.getIn(["services", name, key], true);
      // Without the tag compose would add to production's lists instead of replacing them.
      if (isNode(node)) node.tag = "!override";
    }
  return document.toString({ lineWidth: 0 });
}
