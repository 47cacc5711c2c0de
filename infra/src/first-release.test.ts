import { describe, expect, test } from "vitest";
import { deployCommands, imageCommands, imageVariables, ownImages } from "./first-release.ts";
import { testFleet } from "./testing/synth.ts";

const service = { path: "/", port: 80, memory: "64m", capacity: { requestsPerSecond: 100 } };
const fleet = testFleet({ services: { "service-a": service, theirs: { ...service, path: "/theirs/" } } });
const target = { account: "123456789012", bucket: "revisions", tag: "abc" };
const images = ownImages(fleet, (folder) => folder === "service-a");
const registry = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/fleet-test-production";

describe("the images", () => {
  test("are the scaler, mtail and the services that have a Dockerfile here", () => {
    expect(images.map(({ name }) => name)).toEqual(["wh", "mtail", "service-a"]);
  });
  test("are told to compose by the variables that its files have", () => {
    expect(imageVariables(fleet, target, images)).toBe(
      `WH_IMAGE=${registry}/wh:abc\nMTAIL_IMAGE=${registry}/mtail:abc\nSERVICE_A_IMAGE=${registry}/service-a:abc\n`,
    );
  });
  test("are bundled, built for the workers' processor, and pushed, in this order", () => {
    const commands = imageCommands(fleet, target, images.slice(0, 1)).map(({ file, args }) =>
      [file, ...args].join(" "),
    );
    expect(commands).toEqual([
      "npm run build --workspace wh",
      `docker build --platform linux/amd64 --tag ${registry}/wh:abc wh`,
      `docker push ${registry}/wh:abc`,
    ]);
  });
  test("are built for ARM where the workers are", () => {
    const arm = testFleet({ workers: { instanceTypes: ["t4g.small"] }, monitoring: { instanceType: "t4g.small" } });
    expect(imageCommands(arm, target, images).flatMap(({ args }) => args)).toContain("linux/arm64");
  });
});

test("a revision goes where its machines may read it, and to their deployment group", () => {
  const [upload, deploy] = deployCommands(fleet, target, "workers", "/staged").map(({ args }) => args.join(" "));
  expect(upload).toBe(
    "deploy push --region eu-central-1 --application-name fleet-test-production-releases --source /staged --s3-location s3://revisions/workers/abc.zip",
  );
  expect(deploy).toContain(
    "--deployment-group-name workers --s3-location bucket=revisions,key=workers/abc.zip,bundleType=zip",
  );
});
