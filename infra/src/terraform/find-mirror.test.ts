import { describe, expect, test } from "vitest";
import { findMirror, type MirrorSearch } from "./find-mirror.ts";

const aws = { address: "hashicorp/aws", version: "5.100.0", platform: "linux_amd64" };
const unpacked = "registry.terraform.io/hashicorp/aws/5.100.0/linux_amd64";
const packed = "registry.terraform.io/hashicorp/aws/terraform-provider-aws_5.100.0_linux_amd64.zip";

/** A machine on which these paths exist; a name with a dot and a suffix of zip is a file. */
function machine(paths: readonly string[], more: Partial<MirrorSearch> = {}): MirrorSearch {
  const entries = (folder: string) => [
    ...new Set(
      paths
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1).split("/")[0] ?? ""),
    ),
  ];
  return {
    implied: ["/home/me/.terraform.d/plugins"],
    roots: ["/srv"],
    entries,
    folders: (folder) => entries(folder).filter((name) => !name.endsWith(".zip")),
    ...more,
  };
}

describe("a mirror is found", () => {
  test.each<[string, MirrorSearch, string]>([
    ["where TF_MIRROR_DIR says", machine([`/m/${unpacked}`], { given: "/m" }), "/m"],
    [
      "before any other in Terraform's own folders",
      machine([`/srv/a/${unpacked}`, `/home/me/.terraform.d/plugins/${unpacked}`]),
      "/home/me/.terraform.d/plugins",
    ],
    ["below the roots", machine([`/srv/a/b/${unpacked}`]), "/srv/a/b"],
    ["nearer before deeper", machine([`/srv/a/b/${unpacked}`, `/srv/z/${unpacked}`]), "/srv/z"],
    ["packed as well as unpacked", machine([`/srv/${packed}`]), "/srv"],
    [
      "although another folder of that name has another version",
      machine(["/srv/a/registry.terraform.io/hashicorp/aws/4.0.0/linux_amd64", `/srv/b/${unpacked}`]),
      "/srv/b",
    ],
  ])("%s", (_rule, search, folder) => {
    expect(findMirror(search, aws)).toBe(folder);
  });
});

describe("no mirror", () => {
  test.each<[string, MirrorSearch]>([
    ["where there is none", machine([])],
    ["for another platform", machine(["/srv/registry.terraform.io/hashicorp/aws/5.100.0/darwin_arm64"])],
    ["too deep", machine([`/srv/a/b/c/${unpacked}`])],
    ["inside node_modules", machine([`/srv/node_modules/${unpacked}`])],
  ])("%s", (_rule, search) => {
    expect(findMirror(search, aws)).toBeUndefined();
  });
});

test("a TF_MIRROR_DIR that is none is a fault, also where another mirror exists", () => {
  expect(() => findMirror(machine([`/srv/${unpacked}`], { given: "/elsewhere" }), aws)).toThrow(
    "TF_MIRROR_DIR is /elsewhere, which has no registry.terraform.io/hashicorp/aws/5.100.0 for linux_amd64",
  );
});

test("the search ends", () => {
  const many = Array.from({ length: 100 }, (_, index) => `d${index}`);
  let asked = 0;
  const endless = machine([], {
    entries: () => [],
    folders: (folder) => {
      if (folder.includes("registry.terraform.io")) return [];
      asked += 1;
      return many;
    },
  });
  expect(findMirror(endless, aws)).toBeUndefined();
  expect(asked).toBeLessThan(4_000);
});
