import { expect, test } from "vitest";
import { parseDebFile, parsePrintUris } from "./deb-file.ts";

test.each([
  ["nginx_1.30.6-2_amd64.deb", "nginx", "1.30.6"],
  ["prometheus_3.5.3+ds1-6_amd64.deb", "prometheus", "3.5.3"],
  ["busybox-static_1%3a1.38.0-3+b1_amd64.deb", "busybox-static", "1.38.0"],
  ["zlib1g_1%3a1.3.dfsg+really1.3.2-3_amd64.deb", "zlib1g", "1.3.dfsg"],
  ["tzdata_2026f-1_all.deb", "tzdata", "2026f"],
])("%s is %s %s", (file, name, version) => {
  expect(parseDebFile(file)).toEqual({ file, name, version });
});

test("what is no package is none", () => {
  expect(parseDebFile("Packages.xz")).toBeUndefined();
});

test("apt's list of addresses is read, its chatter is skipped", () => {
  const output = `Reading package lists...
The following NEW packages will be installed:
  mtail
'http://m.test/debian/pool/main/m/mtail/mtail_3.2.24-2_amd64.deb' mtail_3.2.24-2_amd64.deb 4001 SHA256:ab
`;
  expect(parsePrintUris(output)).toEqual([{ name: "mtail", version: "3.2.24", file: "mtail_3.2.24-2_amd64.deb" }]);
});
