import { expect, test } from "vitest";
import { findDebianArchive, parseDeb822, parseOneLine } from "./apt-sources.ts";

const bookworm = `Types: deb
# http://snapshot.test/archive/debian/20250520T000000Z
URIs: http://mirror.test/debian/
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.test/debian-security
Suites: bookworm-security
Components: main
`;

test.each([
  ["the main archive is found, not the security one", bookworm, "http://mirror.test/debian"],
  ["a disabled paragraph does not count", bookworm.replace("Types", "Enabled: no\nTypes"), undefined],
  ["a source-only paragraph does not count", bookworm.replace("Types: deb", "Types: deb-src"), undefined],
  ["Types may name both kinds", bookworm.replace("Types: deb", "Types: deb deb-src"), "http://mirror.test/debian"],
  ["folded values count", bookworm.replace("Suites: bookworm ", "Suites:\n bookworm\n "), "http://mirror.test/debian"],
  [
    "Ubuntu has no Debian archive",
    "Types: deb\nURIs: http://archive.ubuntu.com/ubuntu\nSuites: noble\nComponents: main",
    undefined,
  ],
  [
    "a third party's path is not the archive",
    "Types: deb\nURIs: https://apt.test/debian\nSuites: any\nComponents: main",
    undefined,
  ],
])("deb822: %s", (_, text, uri) => {
  expect(findDebianArchive(parseDeb822(text))?.uri).toBe(uri);
});

test.each([
  ["a plain line", "deb http://mirror.test/debian bookworm main contrib", "http://mirror.test/debian"],
  [
    "a line with options",
    "deb [arch=amd64 signed-by=/k.gpg] http://mirror.test/debian trixie main",
    "http://mirror.test/debian",
  ],
  ["a comment does not count", "# deb http://mirror.test/debian bookworm main", undefined],
  ["sources do not count", "deb-src http://mirror.test/debian bookworm main", undefined],
  ["a CD does not count", "deb cdrom:[Debian_12]/debian bookworm main", undefined],
])("one line: %s", (_, text, uri) => {
  expect(findDebianArchive(parseOneLine(text))?.uri).toBe(uri);
});

test("the keyring of a source is kept, an embedded key is not taken for a path", () => {
  expect(parseDeb822(bookworm)[0]?.signedBy).toBe("/usr/share/keyrings/debian-archive-keyring.gpg");
  expect(parseOneLine("deb [signed-by=/k.gpg] http://m.test/debian sid main")[0]?.signedBy).toBe("/k.gpg");
  const embedded = bookworm.replace(/Signed-By: .*/, "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .");
  expect(parseDeb822(embedded)[0]?.signedBy).toBeUndefined();
});
