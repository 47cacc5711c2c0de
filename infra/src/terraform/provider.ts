import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { findMirror, type ProviderPackage } from "./find-mirror.ts";
import { type MirrorEnvironment, mirrorPlaces } from "./mirror-places.ts";

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64", ia32: "386", arm: "arm" };

/** Providers of the stacks; only dns wants Cloudflare's. */
export type ProviderName = "aws" | "cloudflare";

/** The provider that cdktf's bindings were made from, for a machine as Node calls it. */
export function providerPackage(
  provider: ProviderName,
  platform: NodeJS.Platform,
  architecture: string,
): ProviderPackage {
  const { cdktf } = createRequire(import.meta.url)(`@cdktf/provider-${provider}/package.json`) as {
    cdktf: { provider: { name: string; version: string } };
  };
  return {
    address: cdktf.provider.name.replace("registry.terraform.io/", ""),
    version: cdktf.provider.version,
    platform: `${platform === "win32" ? "windows" : platform}_${ARCHITECTURES[architecture] ?? architecture}`,
  };
}

/** What Terraform needs on this machine: the program, and a mirror that holds the provider. */
export type Tools =
  | { readonly found: true; readonly mirror: string | undefined }
  | { readonly found: false; readonly reason: string };

/** Looks for both; with `download` the registry stands in for the mirror. Throws where TF_MIRROR_DIR is wrong. */
export function findTools(
  env: MirrorEnvironment & { PATH?: string | undefined },
  home: string,
  download: boolean,
  name: ProviderName = "aws",
): Tools {
  if (spawnSync("terraform", ["version"], { env: { PATH: env.PATH, CHECKPOINT_DISABLE: "1" } }).status !== 0)
    return { found: false, reason: "terraform is not on this machine's PATH: install Terraform 1.10 or newer." };
  const provider = providerPackage(name, process.platform, process.arch);
  const mirror = findMirror(mirrorPlaces(env, home, process.platform), provider);
  if (mirror !== undefined || download) return { found: true, mirror };
  return {
    found: false,
    reason: `no mirror with ${provider.address} ${provider.version} for ${provider.platform} is on this machine: set TF_MIRROR_DIR to the folder that holds registry.terraform.io, or let Terraform fetch the provider with --download.`,
  };
}
