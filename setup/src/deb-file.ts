/** A package as a file name in an archive: NAME_VERSION_ARCHITECTURE.deb. */
export interface DebFile {
  readonly name: string;
  /** The upstream version: no epoch, no Debian revision, no `+ds` or `+dfsg`. */
  readonly version: string;
  readonly file: string;
}

/** Reads one file name; undefined if it is none of a package. */
export function parseDebFile(file: string): DebFile | undefined {
  const match = /^([^_]+)_([^_]+)_[^_]+\.deb$/.exec(file);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  const version = decodeURIComponent(match[2])
    .replace(/^\d+:/, "")
    .replace(/-[^-]*$/, "")
    .replace(/[+~](ds|dfsg|really).*$/, "");
  return { name: match[1], version, file };
}

/** Reads what `apt-get --print-uris` prints: one quoted address, file name, size and hash a line. */
export function parsePrintUris(output: string): DebFile[] {
  return output.split("\n").flatMap((line) => {
    const file = /^'[^']+' (\S+) /.exec(line)?.[1];
    const deb = file === undefined ? undefined : parseDebFile(file);
    return deb === undefined ? [] : [deb];
  });
}
