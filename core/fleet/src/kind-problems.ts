import { DEFAULT_TIMEOUT_SECONDS } from "./service-http.ts";

/** What the kind is told by, and what only makes sense for some kinds, as far as it differs from its default. */
interface Entry {
  readonly path?: string | undefined;
  readonly hosts: readonly string[];
  readonly port?: number | undefined;
  readonly capacity?: object | undefined;
  readonly metrics: boolean;
  readonly stripPath: boolean;
  readonly maxBody: string;
  readonly timeout: number;
  readonly sticky?: string | undefined;
  readonly rateLimit?: object | undefined;
  readonly basicAuth?: readonly string[] | undefined;
}

interface KindProblem {
  readonly path: string[];
  readonly message: string;
}

/** Keys of nginx, and whether an entry sets them. */
const NGINX_KEYS: Readonly<Record<string, (entry: Entry) => boolean>> = {
  stripPath: ({ stripPath }) => stripPath,
  maxBody: ({ maxBody }) => maxBody !== "1m",
  timeout: ({ timeout }) => timeout !== DEFAULT_TIMEOUT_SECONDS,
  sticky: ({ sticky }) => sticky !== undefined,
  rateLimit: ({ rateLimit }) => rateLimit !== undefined,
  basicAuth: ({ basicAuth }) => basicAuth !== undefined && basicAuth.length > 0,
};

/** What an entry says that its kind does not have, and what it does not say that its kind needs. */
export function kindProblems(entry: Entry): KindProblem[] {
  const problems: KindProblem[] = [];
  const isServed = entry.path !== undefined || entry.hosts.length > 0;
  if (isServed && entry.port === undefined)
    problems.push({
      path: ["port"],
      message: "missing: write the port that the service listens on, nginx sends its requests there",
    });
  if (!isServed && entry.port === undefined && entry.metrics)
    problems.push({ path: ["port"], message: "missing: write the port on which replicas serve /metrics" });
  if (isServed) return problems;
  for (const [key, isSet] of Object.entries(NGINX_KEYS))
    if (isSet(entry))
      problems.push({
        path: [key],
        message: "without path or hosts nginx sends this service nothing: write one of them, or remove this key",
      });
  if (entry.capacity !== undefined)
    problems.push({
      path: ["capacity"],
      message:
        "without path or hosts nobody counts the requests of this service: remove it, and the service scales by the CPU of its replicas",
    });
  return problems;
}
