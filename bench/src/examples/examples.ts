import { setTimeout as sleep } from "node:timers/promises";
import { CliError } from "@compose-fleet/process";
import { request } from "undici";

/** An example of `examples/`, and how it is looked at and loaded. */
export interface Example {
  /** Its folder. */
  readonly name: string;
  /** Where the load goes (POST), on the balancer. */
  readonly path: string;
  /** More than one replica takes, requests per second. */
  readonly rps: number;
  /** What else it shows: addresses on the balancer, and what has to be in the answer, headers included. */
  readonly answers: readonly {
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly contains: string;
  }[];
}

export const examples: readonly Example[] = [
  {
    name: "cors-proxy",
    path: "/proxy/hello",
    rps: 100,
    answers: [
      {
        path: "/proxy/hello",
        headers: { origin: "https://app.example.com" },
        contains: "access-control-allow-origin: https://app.example.com",
      },
      { path: "/proxy/a%2Fb?c=d", contains: '"path":"/a%2Fb?c=d"' },
      { path: "/proxy/hello", headers: { origin: "https://other.example.com" }, contains: "may not read here" },
    ],
  },
  {
    name: "static-site",
    path: "/api/words",
    rps: 150,
    answers: [
      { path: "/", contains: "<h1>Words</h1>" },
      { path: "/site.js", contains: "cache-control: " },
      { path: "/api/nothing", contains: "404" },
    ],
  },
];

const TRIES = 20;
const BETWEEN_MS = 1_000;

/** Looks at what an example answers through a balancer. Throws `CliError` with the first that is not as it should be. */
export async function lookAt({ answers, name }: Example, balancer: string): Promise<void> {
  for (const { contains, headers = {}, path } of answers) {
    let seen = "";
    // The fleet is up when its first replicas answer; a page may be asked for before that.
    for (let attempt = 0; attempt < TRIES && !seen.includes(contains); attempt++) {
      if (attempt > 0) await sleep(BETWEEN_MS);
      seen = await answerOf(`${balancer}${path}`, headers);
    }
    if (!seen.includes(contains))
      throw new CliError(`${name}: ${path} does not answer with \`${contains}\`, but:\n${seen.slice(0, 1_000)}`);
  }
}

/** Status, headers and body, as one text. */
async function answerOf(url: string, headers: Readonly<Record<string, string>>): Promise<string> {
  const answer = await request(url, { headers });
  const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`);
  return [answer.statusCode, ...lines, "", await answer.body.text()].join("\n");
}
