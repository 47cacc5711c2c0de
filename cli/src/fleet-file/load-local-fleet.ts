import { checkFleetDocument, readFleetDocument } from "@compose-fleet/files";
import type { FleetConfig } from "@compose-fleet/fleet";
import { localOverlay, type Overlaid } from "./overlay.ts";

/** Loads a fleet file as a fleet on this machine runs it (overlay.ts). Rejects with `FleetFileError`. */
export async function loadLocalFleet(
  path: string,
  secretOf: (name: string) => string | undefined,
): Promise<Overlaid & { readonly config: FleetConfig }> {
  const document = await readFleetDocument(path);
  checkFleetDocument(path, document);
  const overlaid = localOverlay(document, secretOf);
  return { ...overlaid, config: checkFleetDocument(path, overlaid.document) };
}
