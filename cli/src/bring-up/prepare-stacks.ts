import { cp, mkdir, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import type { FleetConfig } from "@compose-fleet/fleet";
import type { LocalFolders } from "@compose-fleet/local-fleet/session";

import { renderStacks } from "@compose-fleet/render";
import { writeRendered } from "../render/files.ts";

/** Where the emulated EC2 answers inside the local fleet's network. */
const ec2Endpoint = "http://aws:4566";
/** Where the Telegram that stands for people's answers there. */
const telegramApiUrl = `${ec2Endpoint}/telegram`;

/** Copies both stacks and renders them for this fleet, so that the committed rendering stays production's. */
export async function prepareStacks(root: string, config: FleetConfig, folders: LocalFolders): Promise<void> {
  const template = join(folders.stateDir, "template");
  await rm(template, { recursive: true, force: true });
  await mkdir(template, { recursive: true });
  for (const stack of ["stack-worker", "stack-prometheus"]) {
    const from = join(root, stack);
    await cp(from, join(template, stack), { recursive: true, filter: (path) => isPartOfStack(relative(from, path)) });
  }
  await writeRendered(template, renderStacks(withoutCertificate(config), { ec2Endpoint, telegramApiUrl }));
}

/** The local load balancer has no certificate: sent to HTTPS, nobody would be served. */
function withoutCertificate({ tls: _, ...config }: FleetConfig): FleetConfig {
  return config;
}

function isPartOfStack(path: string): boolean {
  return !/^(test|rendered|node_modules)(\/|$)/.test(path) && !path.endsWith(".test.ts");
}
