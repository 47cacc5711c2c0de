import { join } from "node:path";

/** What the search for a provider mirror needs of the machine. */
export interface MirrorSearch {
  /** `$TF_MIRROR_DIR`: the folder that holds `registry.terraform.io`. */
  readonly given?: string | undefined;
  /** Folders that Terraform itself would look into, the most specific first. */
  readonly implied: readonly string[];
  /** Folders in whose depth a mirror may lie. */
  readonly roots: readonly string[];
  /** Names of the folders in a folder; none where it cannot be read. */
  readonly folders: (path: string) => readonly string[];
  /** Names of all that is in a folder; none where it cannot be read. */
  readonly entries: (path: string) => readonly string[];
}

/** A provider as its address and version, and the platform it runs on (`linux_amd64`). */
export interface ProviderPackage {
  readonly address: string;
  readonly version: string;
  readonly platform: string;
}

const REGISTRY = "registry.terraform.io";
const MAX_DEPTH = 3;
const MAX_FOLDERS = 3_000;

/** The folder that holds `registry.terraform.io` with that package, or undefined. Throws when `given` is not one. */
export function findMirror(search: MirrorSearch, provider: ProviderPackage): string | undefined {
  const isMirror = (folder: string) => holds(search, folder, provider);
  if (search.given !== undefined) {
    if (isMirror(search.given)) return search.given;
    throw new Error(
      `TF_MIRROR_DIR is ${search.given}, which has no ${REGISTRY}/${provider.address}/${provider.version} for ${provider.platform}: set it to the folder that holds ${REGISTRY}, or unset it.`,
    );
  }
  return search.implied.find(isMirror) ?? searchBelow(search, isMirror);
}

/** Breadth first, so that what is near is found first, and bounded. */
function searchBelow(search: MirrorSearch, isMirror: (folder: string) => boolean): string | undefined {
  let level: readonly string[] = search.roots;
  let visited = 0;
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    const next: string[] = [];
    for (const folder of level) {
      visited += 1;
      if (visited > MAX_FOLDERS) return undefined;
      const inside = search.folders(folder);
      if (inside.includes(REGISTRY) && isMirror(folder)) return folder;
      if (next.length < MAX_FOLDERS)
        for (const name of inside) if (name !== "node_modules" && name !== REGISTRY) next.push(join(folder, name));
    }
    level = next;
  }
  return undefined;
}

/** Unpacked (a folder for each platform) or packed (a zip for each platform): both are Terraform's layouts. */
function holds(search: MirrorSearch, folder: string, { address, version, platform }: ProviderPackage): boolean {
  const provider = join(folder, REGISTRY, address);
  const zip = `terraform-provider-${address.split("/").at(-1)}_${version}_${platform}.zip`;
  return search.folders(join(provider, version)).includes(platform) || search.entries(provider).includes(zip);
}
