import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseFleetConfig } from "@compose-fleet/fleet";
import { renderStackWorker } from "@compose-fleet/render";
import { afterAll, expect, test } from "vitest";
import { writeRendered } from "../cli/src/render/files.ts";
import { readImages } from "../test/images.ts";
import { run } from "./test/run.ts";

// nginx starts with what is rendered from any fleet: of the smallest, and of the largest with the longest names. It has no network, so
// no service's name can be resolved.

const common = { port: 8000, memory: "64m", capacity: { requestsPerSecond: 50 } };
const everything = { stripPath: true, maxBody: "20m", timeout: 300, sticky: "client" };
const longest = (i: number, length: number) => `${"x".repeat(length - 3)}-${i + 10}`;
const homes: string[] = [];

afterAll(async () => {
  for (const home of homes) await rm(home, { recursive: true });
});

test.each<[string, object]>([
  ["one service", { services: { web: { ...common, path: "/web/" } } }],
  ["one service at /", { services: { web: { ...common, path: "/" } } }],
  [
    "one service, with a certificate",
    {
      services: { web: { ...common, path: "/web/" } },
      tls: { certificateArn: "arn:aws:acm:eu-central-1:123456789012:certificate/1" },
    },
  ],
  [
    "one service with hosts alone",
    { services: { web: { ...common, path: "/", hosts: ["a.example", "*.b.example"] } } },
  ],
  ["one service with all settings", { services: { web: { ...common, ...everything, path: "/web/" } } }],
  [
    "thirty services with all settings and twenty hosts each",
    {
      services: Object.fromEntries(
        Array.from({ length: 30 }, (_, i) => [
          longest(i, 32),
          {
            ...common,
            ...everything,
            path: `/v1.0/~a_b-c/${i}/`,
            hosts: Array.from({ length: 20 }, (_, j) => `${`${longest(j, 60)}.`.repeat(4)}h${i}`),
          },
        ]),
      ),
    },
  ],
])(
  "%s",
  async (_rule, fleet) => {
    const parsed = parseFleetConfig({ name: "demo", ...fleet });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
    const home = await mkdtemp(join(tmpdir(), "fleet-nginx-"));
    homes.push(home);
    await writeRendered(home, renderStackWorker(parsed.config));
    const tmpfs = ["/tmp", "/logs"].flatMap((folder) => ["--tmpfs", `${folder}:uid=101,gid=101`]);
    const mounts = [
      ["nginx", resolve(import.meta.dirname, "nginx")],
      ["rendered", join(home, "stack-worker/rendered")],
    ].flatMap(([name, folder]) => ["-v", `${folder}:/etc/fleet/${name}:ro`]);
    const image = readImages().NGINX_IMAGE ?? "nginx:1.30";
    const isolated = ["run", "--rm", "--network", "none", "--read-only", "--cap-drop", "ALL", "--user", "101:101"];
    const check = ["--entrypoint", "nginx", image, "-t", "-q", "-c", "/etc/fleet/nginx/nginx.conf"];
    // It warns of nothing, either.
    const ended = await run("docker", [...isolated, ...tmpfs, ...mounts, ...check]);
    expect(ended).toEqual({ code: 0, stdout: "", stderr: "" });
  },
  60_000,
);
