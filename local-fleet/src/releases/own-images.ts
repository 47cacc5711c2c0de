import type { FleetConfig } from "@compose-fleet/fleet";

/** Images that every fleet builds besides those of its services: the scaler, and mtail, which has no upstream image. */
const COMMON = ["wh", "mtail"];

/** What a fleet's own images are called, and so their repositories: `fleet-NAME-ENVIRONMENT/IMAGE`. */
function ownImages(config: Pick<FleetConfig, "services">): string[] {
  return [...new Set([...COMMON, ...Object.keys(config.services)])];
}

/** Where a release copies images of others to, within the fleet's repositories. */
const COPIES = "third_party";

/** Names of the fleet's repositories in the registry. */
export function repositories(config: Pick<FleetConfig, "name" | "environment" | "services">): string[] {
  return [...ownImages(config), COPIES].map((image) => `fleet-${config.name}-${config.environment}/${image}`);
}

/** The images by variable, divided into those that come with a revision's `.env` and those that the machine names. */
export function divideImages(
  config: Pick<FleetConfig, "services">,
  images: Readonly<Record<string, string>>,
): { readonly own: Record<string, string>; readonly foreign: Record<string, string> } {
  const variables = new Set(ownImages(config).map((name) => `${name.toUpperCase().replaceAll("-", "_")}_IMAGE`));
  const pick = (isOwn: boolean) =>
    Object.fromEntries(Object.entries(images).filter(([variable]) => variables.has(variable) === isOwn));
  return { own: pick(true), foreign: pick(false) };
}
