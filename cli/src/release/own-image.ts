import type { FleetConfig, MachineKind } from "@compose-fleet/fleet";

/** An image that this repository builds. */
export interface OwnImage {
  readonly name: string;
  /** Where its Dockerfile is, relative to the repository. */
  readonly folder: string;
  /** The workspace that is bundled first, where there is one. */
  readonly workspace?: string;
  readonly runsOn: MachineKind;
}

/** Scaler, mtail, and the services that `hasFile` knows a Dockerfile of in a folder of the same name; other services name an image of their own. */
export function ownImages(config: FleetConfig, hasFile: (path: string) => boolean): readonly OwnImage[] {
  const workspace = (name: string) => (hasFile(`${name}/package.json`) ? { workspace: name } : {});
  return [
    { name: "wh", folder: "wh", ...workspace("wh"), runsOn: "monitoring" },
    { name: "mtail", folder: "images/mtail", runsOn: "workers" },
    ...Object.keys(config.services)
      .filter((name) => hasFile(`${name}/Dockerfile`))
      .map((name): OwnImage => ({ name, folder: name, ...workspace(name), runsOn: "workers" })),
  ];
}
