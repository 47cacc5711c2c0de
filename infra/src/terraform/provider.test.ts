import { expect, test } from "vitest";
import { findTools, providerPackage } from "./provider.ts";

test.each<[NodeJS.Platform, string, string]>([
  ["linux", "x64", "linux_amd64"],
  ["darwin", "arm64", "darwin_arm64"],
  ["win32", "x64", "windows_amd64"],
])("%s on %s is %s to Terraform", (platform, architecture, name) => {
  expect(providerPackage("aws", platform, architecture)).toMatchObject({ address: "hashicorp/aws", platform: name });
});

test("Cloudflare's provider has an address of its own", () => {
  expect(providerPackage("cloudflare", "linux", "x64")).toEqual({
    address: "cloudflare/cloudflare",
    version: expect.stringMatching(/^5\./),
    platform: "linux_amd64",
  });
});

test("without Terraform it says what to install", () => {
  expect(findTools({ PATH: "/nonexistent" }, "/nonexistent", true)).toEqual({
    found: false,
    reason: expect.stringContaining("install Terraform"),
  });
});
