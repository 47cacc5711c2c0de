import type { MachineKind } from "@compose-fleet/fleet";
import { CliError, exitCodes } from "@compose-fleet/process";
import type { OwnImage } from "./own-image.ts";
import type { ReleasePlace } from "./place.ts";

/** The kinds of machine to release to. Throws `CliError` (exit code 2) for what cannot be released. */
export function wantedKinds(
  { config, kinds, local, words }: Pick<ReleasePlace, "config" | "kinds" | "local" | "words">,
  { only, service }: { readonly only?: MachineKind; readonly service?: readonly string[] },
  images: readonly OwnImage[],
): readonly MachineKind[] {
  const refuse = (sentence: string) => new CliError(`${sentence} Nothing was changed.`, exitCodes.usage);
  for (const name of service ?? []) {
    if (!(name in config.services))
      throw refuse(
        `Got --service ${JSON.stringify(name)}: this fleet has the services ${Object.keys(config.services).join(", ")}.`,
      );
    if (!images.some((image) => image.name === name))
      throw refuse(
        `${name} has no Dockerfile in ${name}/: its image is the one that stack-worker/services/${name}.yml names. Change it there, and release without --service.`,
      );
  }
  if (only === "monitoring" && service !== undefined)
    throw refuse("Got --service with --only monitoring: services run on workers.");
  if (only === "monitoring" && local !== undefined)
    throw refuse(
      `Got --only monitoring: in ${words} only workers are released to; its monitoring is started anew with it.`,
    );
  if (only !== undefined) return [only];
  return service === undefined ? kinds : ["workers"];
}
