import { CliError } from "@compose-fleet/process";
import type { Registry } from "./ecr-registry.ts";
import type { ImageMaker, RegistryLogin } from "./image-maker.ts";
import { type Copies, copyTag, registryOfImage } from "./third-party-images.ts";

export interface CopyDeps {
  readonly maker: Pick<ImageMaker, "pull" | "pushAs">;
  readonly registry: Pick<Registry, "find">;
  readonly sleep: (ms: number) => Promise<void>;
  /** What is being done, for a reader. */
  readonly update: (text: string) => void;
}

export interface CopyRequest {
  /** As the compose files name them. */
  readonly references: readonly string[];
  /** Images of this machine that stand for some of them, by reference. */
  readonly standIns: ReadonlyMap<string, string>;
  /** What the machines run now. */
  readonly former: Copies;
  /** Whether it is looked for newer ones of the same names. */
  readonly refresh: boolean;
  readonly repository: string;
  readonly login: RegistryLogin;
}

/** Between tries, where a registry is busy or counts requests. */
const WAIT_SECONDS = [5, 15, 45, 90];
const BUSY =
  /\b429\b|toomanyrequests|too many requests|rate limit|\b50[0234]\b|internal server error|bad gateway|service unavailable|timeout|timed out|connection (reset|refused)|unexpected EOF/i;

/**
 * Copies images of others into the fleet's registry, and names each copy by its digest: every machine of one release then runs the very same, and asks
 * nobody else for it. One that runs already stays, so that its containers stay. Throws `CliError` that names the registry which did not give an image.
 */
export async function copyImages(deps: CopyDeps, request: CopyRequest): Promise<Copies> {
  const copies: Record<string, string> = {};
  for (const reference of request.references)
    copies[reference] = (await formerCopy(deps, request, reference)) ?? (await copy(deps, request, reference));
  return copies;
}

/** The copy that runs, unless the registry has forgotten it. */
async function formerCopy({ registry }: CopyDeps, request: CopyRequest, reference: string) {
  const { former, refresh, repository, login } = request;
  const running = former[reference];
  const [name, digest] = running?.split("@") ?? [];
  if (refresh || digest === undefined || name !== `${login.host}/${repository}`) return undefined;
  return (await registry.find(repository, digest)) === undefined ? undefined : running;
}

async function copy(deps: CopyDeps, request: CopyRequest, reference: string): Promise<string> {
  const { maker, registry, update } = deps;
  const { repository, login, standIns } = request;
  const source = standIns.get(reference) ?? reference;
  update(`fetching ${source}`);
  const id = await fetchPatiently(deps, source);
  const tag = copyTag(reference, id);
  if ((await registry.find(repository, tag)) === undefined) {
    update(`copying ${reference} to ${repository}`);
    await maker.pushAs(source, `${login.host}/${repository}:${tag}`, login);
  }
  const digest = await registry.find(repository, tag);
  if (digest === undefined) throw new CliError(`The registry took ${repository}:${tag}, and does not have it.`);
  return `${login.host}/${repository}@${digest}`;
}

async function fetchPatiently({ maker, sleep, update }: CopyDeps, source: string): Promise<string> {
  const host = registryOfImage(source);
  for (const [tried, seconds] of [...WAIT_SECONDS, undefined].entries()) {
    try {
      return await maker.pull(source);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      const isBusy = BUSY.test(error.message);
      if (isBusy && seconds !== undefined) {
        update(`${host} is busy: ${source} again in ${seconds} s`);
        await sleep(seconds * 1000);
        continue;
      }
      const what = isBusy ? `, after ${tried + 1} tries` : "";
      const advice = isBusy ? ` Try again later; signed in (docker login ${host}) it gives more.` : "";
      throw new CliError(`${host} does not give ${source}${what}. Nothing was deployed.${advice}\n${error.message}`);
    }
  }
  throw new Error("unreachable: the last try returns or throws");
}
