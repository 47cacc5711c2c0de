import { expect, test } from "vitest";
import { awsProvider, findTools } from "./provider.ts";

test.each<[NodeJS.Platform, string, string]>([
  ["linux", "x64", "linux_amd64"],
  ["darwin", "arm64", "darwin_arm64"],
  ["win32", "x64", "windows_amd64"],
])("%s on %s is %s to Terraform", (platform, architecture, name) => {
  expect(awsProvider(platform, architecture)).toMatchObject({ address: "hashicorp/aws", platform: name });
});

test("without Terraform it says what to install", () => {
  expect(findTools({ PATH: "/nonexistent" }, "/nonexistent", true)).toEqual({
    found: false,
    reason: expect.stringContaining("install Terraform"),
  });
});
