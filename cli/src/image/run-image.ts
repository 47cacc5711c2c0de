import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { EC2Client } from "@aws-sdk/client-ec2";
import { SSMClient } from "@aws-sdk/client-ssm";
import { architectureOf, fleetNames, machineImage } from "@compose-fleet/fleet";
import { CliError, exitCodes, systemClock } from "@compose-fleet/process";
import { createS3Revisions } from "@compose-fleet/release-aws/revisions";
import { parseRevisionInfo, revisionFile } from "@compose-fleet/releases";
import { askFirst } from "../release/ask-first.ts";
import { openPlace, type ReleasePlace } from "../release/place.ts";
import { followDeps } from "../release/release-deps.ts";
import { currentRevision } from "../release/roll-out.ts";
import { readFromTgz } from "../release/tar.ts";
import type { CliContext } from "../run/context.ts";
import { bakeImage, bakingTags } from "./bake-image.ts";
import { createEc2BakingInstances, createEc2Images } from "./ec2-images.ts";
import { type ImageStatus, imageStatuses, superfluousImages } from "./image-age.ts";
import { createCurrentImage, createWorkerTemplate } from "./worker-template.ts";

export interface ImageOptions {
  readonly fleet?: string;
  readonly bucket?: string;
  readonly status?: boolean;
  readonly list?: boolean;
  readonly prune?: boolean;
  readonly use?: string;
  readonly json?: boolean;
  readonly yes?: boolean;
}

/** What a worker's user data is continued with. */
const SCRIPT = "infra/user-data/bake.sh";

/** Makes an image of a worker, tells how it is, lets workers start from another, or removes old ones. Throws `CliError`, and AWS's errors. */
export async function image(context: CliContext, options: ImageOptions): Promise<void> {
  const place = await openPlace(context, options);
  const names = fleetNames(place.config);
  const ec2 = new EC2Client({ region: place.config.region });
  const images = createEc2Images(ec2);
  const current = createCurrentImage(new SSMClient({ region: place.config.region }), names.workerImageParameter);
  const tags = bakingTags(place.config);
  const revision = await currentRevision(followDeps(context, place), "workers");
  const statuses = async () =>
    imageStatuses(await images.find(tags), { current: await current.read(), revision, nowMs: systemClock.nowMs() });

  if (options.status || options.list) return tell(context, options, await statuses(), place);
  if (options.prune) {
    const old = superfluousImages(await images.find(tags), await current.read());
    if (old.length > 0) await askFirst(context, place, options, `Delete ${old.map(({ id }) => id).join(", ")}?`);
    for (const { id } of old) await images.delete(id);
    return tell(context, options, await statuses(), place);
  }
  if (options.use !== undefined) {
    const known = (await images.find(tags)).find(({ id }) => id === options.use);
    if (known?.state !== "available")
      throw new CliError(
        `Got ${options.use}: this fleet has no such image that is available, see fleet image --list. Nothing was changed.`,
        exitCodes.usage,
      );
    await askFirst(context, place, options, `Let new workers of ${place.words} start from ${known.name}?`);
    await current.write(known.id);
    return tell(context, options, await statuses(), place);
  }
  if (revision === undefined)
    throw new CliError(
      "Nothing was released to the workers yet, so there are no images to put into one: npx fleet release first. Nothing was changed.",
      exitCodes.usage,
    );
  await askFirst(context, place, options, `Launch an instance of ${place.words} and make an image of it?`);
  const step = context.terminal.progress.step("Image");
  const { stop } = context;
  try {
    const made = await bakeImage(
      {
        template: createWorkerTemplate({ ec2, autoScaling: place.clients.autoScaling }, names.group),
        instances: createEc2BakingInstances(ec2),
        images,
        current,
        clock: systemClock,
        stop,
        update: step.update,
      },
      {
        fleet: place.config,
        launchTemplate: names.group,
        base: machineImage(architectureOf(place.config.workers.instanceTypes[0] ?? "")),
        revision,
        images: await imagesOf(place, revision),
        script: await readFile(join(context.root, SCRIPT), "utf8"),
        token: randomUUID(),
      },
    );
    step.done(made.name);
  } catch (error) {
    step.fail("no image was made");
    throw error;
  }
  tell(context, options, await statuses(), place);
}

/** What a worker of this revision pulls. */
async function imagesOf({ clients, bucket }: ReleasePlace, revision: string): Promise<readonly string[]> {
  const archive = await createS3Revisions(clients.s3, bucket).get("workers", revision);
  const text = (await readFromTgz(archive, revisionFile))?.toString();
  if (text === undefined) throw new CliError(`The revision ${revision} does not say what it is: release again.`);
  const { images, thirdParty } = parseRevisionInfo(text);
  return [...Object.values(images), ...Object.values(thirdParty)].sort();
}

function tell(
  { print, terminal }: Pick<CliContext, "print" | "terminal">,
  { json, list, status }: ImageOptions,
  images: readonly ImageStatus[],
  { config }: ReleasePlace,
): void {
  const isUsed = config.workers.image === "baked";
  if (json) {
    print(JSON.stringify({ isUsed, images }, null, 2));
    return;
  }
  if (images.length === 0) print("No image was made yet: fleet image makes one.");
  for (const one of list || !status ? images : images.filter(({ isCurrent }) => isCurrent)) {
    print(
      `${one.isCurrent ? "*" : " "} ${one.id}  ${one.createdAt}  ${one.ageDays} days old  revision ${one.revision ?? "unknown"}`,
    );
    for (const advice of one.advice) print(`  ${advice}`);
  }
  if (images.length > 0 && !isUsed)
    terminal.write(
      "Workers start from Ubuntu: write workers.image: baked into the fleet file, then npm run deploy -- fleet.\n",
    );
}
