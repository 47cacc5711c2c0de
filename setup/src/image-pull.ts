import type { Runner } from "@compose-fleet/process";
import { tailOf } from "@compose-fleet/process";

/** How a pull ended. `unreachable`: nobody answers at the registry; `refused`: it answered, but not with the image. */
export type PullOutcome =
  | { readonly kind: "pulled" }
  | { readonly kind: "unreachable"; readonly registry: string; readonly why: string }
  | { readonly kind: "refused"; readonly why: string };

/** Pulls images. The first answer of a registry decides whether others are asked of it at all. */
export interface ImagePuller {
  pull(image: string, onLine?: (line: string) => void): Promise<PullOutcome>;
}

/** How long a registry may stay silent, in milliseconds, before it counts as unreachable. */
const registrySilenceMs = 10_000;

/** A puller that remembers unreachable registries for its lifetime, so that being offline costs one attempt. */
export function createImagePuller(runner: Runner): ImagePuller {
  const firstAnswers = new Map<string, Promise<PullOutcome>>();
  const attempt = async (image: string, onLine?: (line: string) => void): Promise<PullOutcome> => {
    const command = { file: "docker", args: ["pull", image], firstOutputMs: registrySilenceMs };
    const result = await runner.run(command, onLine);
    if (result.exitCode === 0) return { kind: "pulled" };
    const why = tailOf(result, 1);
    if (result.timedOut && result.stdout === "")
      return { kind: "unreachable", registry: registryOf(image), why: "no answer" };
    return isUnreachable(result.stderr)
      ? { kind: "unreachable", registry: registryOf(image), why }
      : { kind: "refused", why };
  };
  return {
    pull: async (image, onLine) => {
      const registry = registryOf(image);
      const first = firstAnswers.get(registry);
      if (first === undefined) {
        const mine = attempt(image, onLine);
        firstAnswers.set(registry, mine);
        return mine;
      }
      const answer = await first;
      return answer.kind === "unreachable" ? answer : attempt(image, onLine);
    },
  };
}

/** The registry an image name points at; names without one mean Docker Hub. */
export function registryOf(image: string): string {
  const [first = "", ...rest] = image.split("/");
  return rest.length > 0 && (/[.:]/.test(first) || first === "localhost") ? first : "docker.io";
}

/** Whether docker's message says that the registry could not be reached, rather than that it refused. */
export function isUnreachable(stderr: string): boolean {
  return /no such host|dial tcp|i\/o timeout|connection (refused|reset)|network is unreachable|TLS handshake timeout|x509:|proxyconnect|deadline exceeded|name resolution|request canceled|\bEOF\b/i.test(
    stderr,
  );
}
