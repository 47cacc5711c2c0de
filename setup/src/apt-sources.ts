/** One archive that the machine's own apt reads. */
export interface AptSource {
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** Path of the keyring, where the source names one. */
  readonly signedBy?: string;
}

/** The public archive, for machines whose own sources hold no Debian (Ubuntu). */
export const publicDebianMirror = "http://deb.debian.org/debian";

/** Reads a deb822 `.sources` file: paragraphs of `Key: values`, folded lines, comments. Disabled and source-only paragraphs are left out. */
export function parseDeb822(text: string): AptSource[] {
  const paragraphs = text
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n")
    .split(/\n[ \t]*\n/);
  return paragraphs.flatMap((paragraph) => {
    const fields = new Map<string, string>();
    let key = "";
    for (const line of paragraph.split("\n")) {
      const field = /^([A-Za-z-]+):(.*)$/.exec(line);
      if (field?.[1] !== undefined) {
        key = field[1].toLowerCase();
        fields.set(key, (field[2] ?? "").trim());
      } else if (/^[ \t]/.test(line) && key !== "") {
        fields.set(key, `${fields.get(key) ?? ""}\n${line.trim()}`.trim());
      }
    }
    const list = (name: string) => (fields.get(name) ?? "").split(/\s+/).filter((word) => word !== "");
    if (!list("types").includes("deb") || (fields.get("enabled") ?? "yes") === "no") return [];
    return list("uris").map((uri) => source(uri, list("suites"), list("components"), fields.get("signed-by")));
  });
}

/** Reads one-line sources: `deb [signed-by=…] URI SUITE COMPONENT…`. */
export function parseOneLine(text: string): AptSource[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (match?.[2] === undefined || match[3] === undefined) return [];
    const signedBy = /(?:^|\s)signed-by=(\S+)/.exec(match[1] ?? "")?.[1];
    return [
      source(
        match[2],
        [match[3]],
        (match[4] ?? "").split(/\s+/).filter((word) => word !== ""),
        signedBy,
      ),
    ];
  });
}

/** The mirror of Debian's main archive that this machine uses, so that a mirror of its own is honoured; undefined if it has none. */
export function findDebianArchive(sources: readonly AptSource[]): AptSource | undefined {
  return sources.find(
    ({ uri, suites, components }) =>
      /debian/.test(uri) &&
      !/security|archive\.debian|backports|debian-debug/.test(uri) &&
      !uri.startsWith("cdrom:") &&
      components.includes("main") &&
      suites.some((suite) => debianSuite.test(suite)),
  );
}

// Third parties also have paths with "debian" in them; the main archive is known by its suites.
const debianSuite = /^(bullseye|bookworm|trixie|forky|duke|sid|stable|testing|unstable)$/;

function source(uri: string, suites: string[], components: string[], signedBy: string | undefined): AptSource {
  const path = signedBy?.startsWith("/") === true ? signedBy : undefined;
  return { uri: uri.replace(/\/+$/, ""), suites, components, ...(path === undefined ? {} : { signedBy: path }) };
}
