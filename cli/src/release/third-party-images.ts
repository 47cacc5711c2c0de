import type { StackFile } from "./stack-file.ts";

/** The copies, by the reference that the compose files name. */
export type Copies = Readonly<Record<string, string>>;

/** What pinning a stack changes. */
export interface Pinned {
  readonly files: readonly StackFile[];
  /** For `.env`: compose files take these images by a variable. */
  readonly variables: Readonly<Record<string, string>>;
  /** References that could be put nowhere, since a compose file makes them up from parts. */
  readonly left: readonly string[];
}

/** `image:`, its value in quotes or not, and what follows. */
const IMAGE_LINE = /^(\s*(?:-\s+)?image:\s*)(["']?)([^\s"'#]+)\2(\s*(?:#.*)?)$/gm;
const WHOLE_VARIABLE = /^\$\{([A-Z][A-Z0-9_]*_IMAGE):?-[^}]*\}$/;
const WITH_DEFAULT = /\$\{[A-Z_][A-Z0-9_]*:?-([^{}]*)\}/g;

/** The images among those that compose would use which somebody else's registry has: all but those of the fleet's own. */
export function thirdPartyImages(resolved: readonly string[], ownHost: string): readonly string[] {
  return [...new Set(resolved)].filter((image) => image !== "" && !image.startsWith(`${ownHost}/`)).sort();
}

/** The variables by which the compose files name an image, by the reference that they default to. */
export function imageVariables(files: readonly StackFile[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { value } of files.flatMap(imageLines)) {
    const variable = WHOLE_VARIABLE.exec(value)?.[1];
    if (variable !== undefined) found.set(withDefaults(value), variable);
  }
  return found;
}

/** Puts the copies in the place of what they are copies of: into a variable where there is one, else into the compose file itself. */
export function pinImages(files: readonly StackFile[], copies: Copies): Pinned {
  const variables: Record<string, string> = {};
  const placed = new Set<string>();
  const pinned = files.map((file) => {
    if (!isCompose(file)) return file;
    const text = file.content.toString();
    const changed = text.replace(IMAGE_LINE, (line, before: string, quote: string, value: string, after: string) => {
      const reference = withDefaults(value);
      const copy = copies[reference];
      if (copy === undefined) return line;
      placed.add(reference);
      const variable = WHOLE_VARIABLE.exec(value)?.[1];
      if (variable === undefined) return `${before}${quote}${copy}${quote}${after}`;
      variables[variable] = copy;
      return line;
    });
    return changed === text ? file : { ...file, content: Buffer.from(changed) };
  });
  return { files: pinned, variables, left: Object.keys(copies).filter((reference) => !placed.has(reference)) };
}

/** Host of an image's registry, as Docker understands its reference. */
export function registryOfImage(reference: string): string {
  const [first = "", ...rest] = reference.split("/");
  return rest.length > 0 && (/[.:]/.test(first) || first === "localhost") ? first : "docker.io";
}

/** What an image is copied under: its name, for people, and which of all that were ever called so. `id` is Docker's, with `sha256:`. */
export function copyTag(reference: string, id: string): string {
  const name = reference
    .replace(/@.*$/, "")
    .replace(/[^A-Za-z0-9_.-]+/g, "_")
    .replace(/^[.-]+/, "");
  return `${name.slice(-100)}-${id.replace("sha256:", "").slice(0, 12)}`;
}

function isCompose({ path }: StackFile): boolean {
  return /\.ya?ml$/.test(path);
}

function imageLines(file: StackFile): readonly { readonly value: string }[] {
  if (!isCompose(file)) return [];
  return [...file.content.toString().matchAll(IMAGE_LINE)].map(([, , , value = ""]) => ({ value }));
}

/** A value as compose reads it where none of its variables is set. */
function withDefaults(value: string): string {
  let text = value;
  // From the inside out.
  for (let before = ""; before !== text; ) {
    before = text;
    text = text.replace(WITH_DEFAULT, "$1");
  }
  return text;
}
