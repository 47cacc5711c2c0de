import type { BakedImage } from "./ports.ts";

/** How an image fares: what it is made from, and how far the fleet has gone on since. */
export interface ImageStatus {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly ageDays: number;
  /** Whether new workers start from it. */
  readonly isCurrent: boolean;
  readonly revision: string | null;
  /** What somebody may want to do, as sentences. */
  readonly advice: readonly string[];
}

/** A month of Ubuntu's updates is installed at boot and after, or not yet. */
const OLD_DAYS = 30;
/** The current one and one to go back to. */
const KEPT = 2;
const DAY_MS = 86_400_000;

/** Every image, newest first. `revision` is what the workers run. */
export function imageStatuses(
  images: readonly BakedImage[],
  {
    current,
    revision,
    nowMs,
  }: { readonly current: string | undefined; readonly revision: string | undefined; readonly nowMs: number },
): readonly ImageStatus[] {
  return newestFirst(images).map((image) => {
    const ageDays = Math.floor((nowMs - image.createdAtMs) / DAY_MS);
    const isCurrent = image.id === current;
    const advice = [
      ...(isCurrent && ageDays >= OLD_DAYS
        ? [
            `It is ${ageDays} days old: new workers lack that many days of updates until Ubuntu installs them. Make another: fleet image`,
          ]
        : []),
      ...(isCurrent && revision !== undefined && image.tags.revision !== revision
        ? [
            `It holds the images of revision ${image.tags.revision ?? "unknown"}, the workers run ${revision}: new ones pull what changed.`,
          ]
        : []),
    ];
    return {
      id: image.id,
      name: image.name,
      createdAt: new Date(image.createdAtMs).toISOString(),
      ageDays,
      isCurrent,
      revision: image.tags.revision ?? null,
      advice,
    };
  });
}

/** Images that nobody needs: all but the current one and the newest others. One that is still being made is not touched. */
export function superfluousImages(images: readonly BakedImage[], current: string | undefined): readonly BakedImage[] {
  const settled = newestFirst(images).filter(({ state }) => state !== "pending");
  const usable = settled.filter(({ state }) => state === "available");
  const others = usable.filter(({ id }) => id !== current);
  const kept = new Set([
    current,
    ...others.slice(0, others.length < usable.length ? KEPT - 1 : KEPT).map(({ id }) => id),
  ]);
  return settled.filter(({ id }) => !kept.has(id));
}

function newestFirst(images: readonly BakedImage[]): readonly BakedImage[] {
  return images.toSorted((a, b) => b.createdAtMs - a.createdAtMs);
}
