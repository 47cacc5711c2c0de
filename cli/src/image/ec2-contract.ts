import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BakingInstances, Images } from "./ports.ts";

/** EC2 under test: the fake, or an emulator by the SDK. */
export interface Ec2UnderTest {
  readonly instances: BakingInstances;
  readonly images: Images;
  /** What is there to launch from. */
  readonly launch: { readonly template: string; readonly subnetId: string; readonly image: string };
  /** Turns an instance off, from inside where that can be. */
  readonly turnOff: (id: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** What `fleet image` relies on, whoever plays EC2. */
export function describeEc2Contract(name: string, open: () => Promise<Ec2UnderTest>): void {
  describe(`images and their instances: ${name}`, () => {
    let ec2: Ec2UnderTest;
    beforeAll(async () => {
      ec2 = await open();
    }, 120_000);
    afterAll(() => ec2?.close());
    const tags = { fleet: "shop", environment: "stage", "fleet-image": "workers" };
    const order = (token: string, more: Readonly<Record<string, string>> = {}) => ({
      ...ec2.launch,
      userData: "#!/bin/bash\necho baked\n",
      tags: { ...tags, ...more },
      token,
    });

    test("an instance is found by its tags, once it is launched, until it is terminated", async () => {
      const id = await ec2.instances.launch(order("first", { worker: "false" }));
      expect(await ec2.instances.find({ ...tags, fleet: "other" })).toEqual([]);
      const [found, ...others] = await ec2.instances.find({ ...tags, worker: "false" });
      expect(others).toEqual([]);
      expect(found).toMatchObject({ id, turnedItselfOff: false });
      expect(found?.launchedAtMs).toBeGreaterThan(0);
      expect(typeof (await ec2.instances.console(id))).toBe("string");
      await ec2.instances.terminate(id);
      await ec2.instances.terminate(id);
      expect((await ec2.instances.find(tags)).filter(({ state }) => state !== "shutting-down")).toEqual([]);
    });

    test("terminating what there never was does no harm", async () => {
      await ec2.instances.terminate("i-0123456789abcdef0");
    });

    test("an image is made of an instance that is off, is found by its tags, and goes", async () => {
      const id = await ec2.instances.launch(order("second"));
      await ec2.turnOff(id);
      expect((await ec2.instances.find(tags)).find((one) => one.id === id)?.state).toBe("stopped");
      const image = await ec2.images.create(id, "fleet-shop-stage-worker-1", { ...tags, revision: "r1" });
      await ec2.instances.terminate(id);
      const [found, ...others] = await ec2.images.find(tags);
      expect(others).toEqual([]);
      expect(found).toMatchObject({
        id: image,
        name: "fleet-shop-stage-worker-1",
        state: "available",
        tags: { revision: "r1" },
      });
      expect(found?.createdAtMs).toBeGreaterThan(0);
      expect(await ec2.images.find({ ...tags, revision: "r2" })).toEqual([]);
      await ec2.images.delete(image);
      await ec2.images.delete(image);
      expect(await ec2.images.find(tags)).toEqual([]);
    });
  });
}
