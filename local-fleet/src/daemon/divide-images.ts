import { type FleetConfig, imageVariable, ownImageNames } from "@compose-fleet/fleet";

/** The images by variable, divided into those that come with a revision's `.env` and those that the machine names. */
export function divideImages(
  config: Pick<FleetConfig, "services">,
  images: Readonly<Record<string, string>>,
): { readonly own: Record<string, string>; readonly foreign: Record<string, string> } {
  const variables = new Set(ownImageNames(config).map(imageVariable));
  const pick = (isOwn: boolean) =>
    Object.fromEntries(Object.entries(images).filter(([variable]) => variables.has(variable) === isOwn));
  return { own: pick(true), foreign: pick(false) };
}
