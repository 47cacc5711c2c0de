import type { MachineKind } from "@compose-fleet/fleet";
import { imageVariable } from "@compose-fleet/fleet";
import { type RevisionInfo, revisionFile, revisionName, stackFolders } from "@compose-fleet/releases";
import type { RenderedFile } from "@compose-fleet/render";
import { contentHash } from "./content-hash.ts";
import { imageEnv } from "./image-reference.ts";
import type { StackFile } from "./stack-file.ts";
import { type Copies, pinImages } from "./third-party-images.ts";

export interface StageInput {
  readonly kind: MachineKind;
  /** The stack's folder as it is in the commit. */
  readonly files: readonly StackFile[];
  /** What is rendered from the fleet file, for both stacks. */
  readonly rendered: readonly RenderedFile[];
  /** Full references of our own images, by name. */
  readonly images: Readonly<Record<string, string>>;
  /** Copies of images of others, which take the place of what the compose files name. */
  readonly copies: Copies;
  /** The fleet file as it is, which monitoring's scaler reads. */
  readonly fleetFile: Buffer;
  /** Who made it from what, and when (ISO 8601). */
  readonly origin: Pick<RevisionInfo, "commit" | "subject" | "createdAt" | "createdBy">;
}

/** A stack's folder, ready to be packed. */
export interface Staged {
  readonly revision: string;
  readonly info: RevisionInfo;
  readonly files: readonly StackFile[];
}

const RENDERED = "rendered/";
/** Not part of what runs on a machine. */
const LEFT_OUT = /^test\/|(^|\/)node_modules\/|\.test\.ts$|\.d\.mts$|^\.env$/;

/**
 * What a machine of this kind gets: the stack's files without tests, rendered for this fleet file, `.env` with the images, copies in the place of images of others, and `revision.json`.
 * The name depends on the commit and on everything but `revision.json`, so that the same tree is the same revision whoever makes it.
 */
export function stageStack({ kind, files, rendered, images, copies, fleetFile, origin }: StageInput): Staged {
  const folder = `${stackFolders[kind]}/`;
  const plain = (path: string, content: string | Buffer, mode = 0o644): StackFile => ({
    path,
    mode,
    content: Buffer.from(content),
  });
  const {
    variables,
    left,
    files: pinned,
  } = pinImages(
    [
      ...files.filter(({ path }) => !path.startsWith(RENDERED) && !LEFT_OUT.test(path)),
      ...rendered
        .filter(({ path }) => path.startsWith(folder))
        .map(({ path, content, mode }) => plain(path.slice(folder.length), content, mode)),
    ],
    copies,
  );
  const own = Object.fromEntries(Object.entries(images).map(([image, reference]) => [imageVariable(image), reference]));
  const tree = [
    ...pinned,
    plain(".env", imageEnv({ ...variables, ...own })),
    ...(kind === "monitoring" ? [plain("fleet.yaml", fleetFile)] : []),
  ];
  const thirdParty = Object.fromEntries(Object.entries(copies).filter(([reference]) => !left.includes(reference)));
  const revision = revisionName(origin.commit, contentHash(tree));
  const info = { revision, ...origin, images, thirdParty };
  return { revision, info, files: [...tree, plain(revisionFile, `${JSON.stringify(info, null, 2)}\n`)] };
}
