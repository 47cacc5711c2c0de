import { fleetPrefix } from "./names.ts";
import type { FleetConfig } from "./schema.ts";

/** Images that every fleet builds besides those of its services: the scaler, and mtail, which has no upstream image. */
export const COMMON_IMAGES = ["wh", "mtail"] as const;

/** Where a release copies images of others to, within the fleet's repositories. No service can be called so. */
export const THIRD_PARTY = "third_party";

/** Names of the images that a fleet builds, or names for its services. */
export function ownImageNames({ services }: Pick<FleetConfig, "services">): readonly string[] {
  return [...new Set([...COMMON_IMAGES, ...Object.keys(services)])];
}

/** Name of an image's repository in the registry: `fleet-NAME-ENVIRONMENT/IMAGE`. */
export function repositoryName(fleet: Pick<FleetConfig, "name" | "environment">, image: string): string {
  return `${fleetPrefix(fleet)}/${image}`;
}

/** Names of all repositories of a fleet. */
export function repositoryNames(fleet: Pick<FleetConfig, "name" | "environment" | "services">): readonly string[] {
  return [...ownImageNames(fleet), THIRD_PARTY].map((image) => repositoryName(fleet, image));
}

/** The variable by which compose files name an image: `service-a` is `SERVICE_A_IMAGE`. */
export function imageVariable(image: string): string {
  return `${image.toUpperCase().replaceAll("-", "_")}_IMAGE`;
}
