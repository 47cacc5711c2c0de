import { InterruptedError } from "@compose-fleet/process";
import { beforeEach, expect, test } from "vitest";
import { type BakeDeps, type BakeRequest, bakeImage, bakingTags } from "./bake-image.ts";
import { createFakeEc2, type FakeEc2 } from "./fake-images.ts";

const MINUTE = 60_000;
const request: BakeRequest = {
  fleet: { name: "shop", environment: "stage" },
  launchTemplate: "fleet-shop-stage-workers",
  base: "resolve:ssm:/ubuntu",
  revision: "r1",
  images: ["registry/web:1", "registry/third_party@sha256:1"],
  script: "pull_images\n",
  token: "t1",
};
const tags = bakingTags(request.fleet);

let nowMs: number;
let ec2: FakeEc2;
let current: string | undefined;
/** What happens when so much time has passed. */
let events: (readonly [atMinute: number, happen: (id: string) => void])[];
let deps: BakeDeps;
beforeEach(() => {
  nowMs = 0;
  ec2 = createFakeEc2(() => nowMs);
  current = "ami-before";
  events = [[4, (id) => ec2.become(id, "stopped", true)]];
  deps = {
    template: { read: async () => ({ userData: "#!/bin/bash\nreport_end() { :; }", subnetId: "subnet-1" }) },
    instances: ec2.instances,
    images: ec2.images,
    current: {
      read: async () => current,
      write: async (id) => {
        current = id;
      },
    },
    clock: {
      nowMs: () => nowMs,
      sleep: async (ms) => {
        nowMs += ms;
        for (const instance of await ec2.instances.find(tags))
          for (const [, happen] of events.filter(([minute]) => minute * MINUTE === nowMs)) happen(instance.id);
      },
    },
    stop: new AbortController().signal,
    update: () => {},
  };
});
const left = () => ec2.instances.find(tags);

test("new workers start from the disk of an instance that ran a worker's user data, and the instance goes", async () => {
  const image = await bakeImage(deps, request);
  expect(ec2.launched).toMatchObject([
    {
      template: "fleet-shop-stage-workers",
      subnetId: "subnet-1",
      image: "resolve:ssm:/ubuntu",
      // Neither Prometheus nor the scaler may take it for a worker.
      tags: { fleet: "shop", environment: "stage", worker: "false", Name: "fleet-shop-stage-image" },
    },
  ]);
  expect(ec2.launched[0]?.userData).toBe(
    "#!/bin/bash\nreport_end() { :; }\nBAKE_IMAGES='registry/web:1\nregistry/third_party@sha256:1'\npull_images\n",
  );
  expect(image).toMatchObject({ tags: { fleet: "shop", "fleet-image": "workers", revision: "r1" } });
  expect(current).toBe(image.id);
  expect(await left()).toEqual([]);
});

test.each<[string, (id: string) => void, RegExp]>([
  [
    "user data fails",
    (id) => ec2.print(id, "boot\n2026-01-01T00:00:00Z failed with 100 at: install packages\n"),
    /User data failed with 100 at: install packages on the instance i-\d+\. No image was made/,
  ],
  ["somebody stops the instance", (id) => ec2.become(id, "stopped"), /has ended the instance/],
  ["somebody terminates the instance", (id) => ec2.become(id, "shutting-down"), /has ended the instance/],
  ["it never comes to its end", () => {}, /not done after 25 minutes/],
])("%s: no image, the one before stays in use, and nothing is left running", async (_what, happen, sentence) => {
  events = [[2, happen]];
  await expect(bakeImage(deps, request)).rejects.toThrow(sentence);
  expect(await ec2.images.find({})).toEqual([]);
  expect(current).toBe("ami-before");
  expect(await left()).toEqual([]);
});

test("an image that EC2 cannot make is not used", async () => {
  const images = {
    ...ec2.images,
    create: async (...args: Parameters<typeof ec2.images.create>) => {
      const id = await ec2.images.create(...args);
      ec2.settle(id, "failed");
      return id;
    },
  };
  await expect(bakeImage({ ...deps, images }, request)).rejects.toThrow(/could not make the image/);
  expect(current).toBe("ami-before");
});

test("interrupted, it leaves nothing running", async () => {
  const stop = new AbortController();
  const update = () => {
    if (nowMs >= MINUTE) stop.abort();
  };
  await expect(bakeImage({ ...deps, stop: stop.signal, update }, request)).rejects.toBeInstanceOf(InterruptedError);
  expect(await left()).toEqual([]);
  expect(current).toBe("ami-before");
});

test("it does not begin beside somebody else's, and takes away what was forgotten", async () => {
  await ec2.instances.launch({ template: "x", subnetId: "s", image: "i", userData: "", tags, token: "theirs" });
  nowMs = 5 * MINUTE;
  await expect(bakeImage(deps, request)).rejects.toThrow(/being made already, by the instance i-\d+, since 5 minutes/);
  expect(await left()).toHaveLength(1);
  nowMs = 61 * MINUTE;
  events = [[65, (id) => ec2.become(id, "stopped", true)]];
  await bakeImage(deps, request);
  expect(await left()).toEqual([]);
});
