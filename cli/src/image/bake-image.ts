import { CliError, type Clock, pollUntil } from "@compose-fleet/process";
import type { BakedImage, BakingInstances, CurrentImage, Images, WorkerTemplate } from "./ports.ts";

export interface BakeDeps {
  readonly template: WorkerTemplate;
  readonly instances: BakingInstances;
  readonly images: Images;
  readonly current: CurrentImage;
  readonly clock: Clock;
  /** Aborts once somebody has asked for the end. */
  readonly stop: AbortSignal;
  readonly update: (text: string) => void;
}

export interface BakeRequest {
  readonly fleet: { readonly name: string; readonly environment: string };
  readonly launchTemplate: string;
  /** What it is made from. */
  readonly base: string;
  /** Of the workers. */
  readonly revision: string;
  /** References that a worker of this revision pulls. */
  readonly images: readonly string[];
  /** Text of infra/user-data/bake.sh. */
  readonly script: string;
  /** Different for each run. */
  readonly token: string;
}

const POLL_MS = 10_000;
/** User data of a first boot takes about three minutes, the pulls one or two. */
const BAKE_MS = 25 * 60_000;
const SNAPSHOT_MS = 40 * 60_000;
/** One that is as old as this has been forgotten by whoever began it. */
const FORGOTTEN_MS = 60 * 60_000;
const FAILED = /failed with \d+ at: .*/;

/** Tags by which images and the instances they are made from are known to be this fleet's. */
export function bakingTags({ name, environment }: BakeRequest["fleet"]): Readonly<Record<string, string>> {
  return { fleet: name, environment, "fleet-image": "workers" };
}

/**
 * Makes an image of an instance that ran a worker's user data and pulled its images, and lets new workers start from it. The instance is terminated
 * whatever happens. Throws `CliError` with the step of user data that failed, and AWS's errors; until the end the image before stays in use.
 */
export async function bakeImage(deps: BakeDeps, request: BakeRequest): Promise<BakedImage> {
  const { template, instances, current, update } = deps;
  const tags = bakingTags(request.fleet);
  await makeWay(deps, tags);
  const { userData, subnetId } = await template.read();
  update("launching an instance");
  const id = await instances.launch({
    template: request.launchTemplate,
    subnetId,
    image: request.base,
    userData: `${userData}\nBAKE_IMAGES='${request.images.join("\n")}'\n${request.script}`,
    // No worker: neither Prometheus nor the scaler may take it for one.
    tags: { ...tags, worker: "false", Name: `fleet-${request.fleet.name}-${request.fleet.environment}-image` },
    token: request.token,
  });
  try {
    await untilTurnedOff(deps, id, tags);
    update("making an image of its disk");
    const name = `fleet-${request.fleet.name}-${request.fleet.environment}-worker-${request.token}`;
    const imageId = await deps.images.create(id, name, { ...tags, Name: name, revision: request.revision });
    const image = await untilAvailable(deps, imageId, tags);
    await current.write(image.id);
    return image;
  } finally {
    await instances.terminate(id);
  }
}

/** Refuses to begin beside somebody else, and takes away what nobody has waited for. */
async function makeWay({ instances, clock, update }: BakeDeps, tags: Readonly<Record<string, string>>) {
  for (const { id, launchedAtMs, state } of await instances.find(tags)) {
    if (state === "shutting-down") continue;
    const minutes = Math.round((clock.nowMs() - launchedAtMs) / 60_000);
    if (clock.nowMs() - launchedAtMs < FORGOTTEN_MS)
      throw new CliError(
        `An image is being made already, by the instance ${id}, since ${minutes} minutes: wait for it, or terminate that instance. Nothing was changed.`,
      );
    update(`terminating ${id}, which was left ${minutes} minutes ago`);
    await instances.terminate(id);
  }
}

async function untilTurnedOff(deps: BakeDeps, id: string, tags: Readonly<Record<string, string>>): Promise<void> {
  const { instances, clock, stop, update } = deps;
  const startedAtMs = clock.nowMs();
  const minutes = () => Math.round((clock.nowMs() - startedAtMs) / 60_000);
  const look = async (): Promise<true | undefined> => {
    const instance = (await instances.find(tags)).find((one) => one.id === id);
    if (instance?.turnedItselfOff) return true;
    // A moment after its launch EC2 may not know it yet.
    const isGone = instance === undefined ? clock.nowMs() - startedAtMs > 60_000 : false;
    if (isGone || instance?.state === "stopped" || instance?.state === "shutting-down")
      throw new CliError(`Somebody, or EC2, has ended the instance ${id} before it was done. No image was made.`);
    const failure = FAILED.exec(await instances.console(id))?.[0];
    if (failure !== undefined)
      throw new CliError(`User data ${failure.trim()} on the instance ${id}. No image was made.`);
    update(`${id} installs and pulls, since ${minutes()} minutes`);
    return undefined;
  };
  if (!(await pollUntil(look, { clock, stop, everyMs: POLL_MS, limitMs: BAKE_MS })))
    throw new CliError(
      `The instance ${id} is not done after ${minutes()} minutes. No image was made. A new worker would fail likewise: see its console in EC2.`,
    );
}

async function untilAvailable(
  { images, clock, stop, update }: BakeDeps,
  id: string,
  tags: Readonly<Record<string, string>>,
): Promise<BakedImage> {
  const look = async (): Promise<BakedImage | undefined> => {
    const image = (await images.find(tags)).find((one) => one.id === id);
    if (image?.state === "available") return image;
    if (image?.state === "failed" || image?.state === "other")
      throw new CliError(`EC2 could not make the image ${id}. The one before stays in use.`);
    update(`${id} is being copied from the disk`);
    return undefined;
  };
  const image = await pollUntil(look, { clock, stop, everyMs: POLL_MS, limitMs: SNAPSHOT_MS });
  if (image === undefined)
    throw new CliError(
      `The image ${id} is not available after ${SNAPSHOT_MS / 60_000} minutes. The one before stays in use.`,
    );
  return image;
}
