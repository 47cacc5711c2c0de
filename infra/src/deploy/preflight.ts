import { type FleetConfig, fleetNames, fleetSecrets } from "@compose-fleet/fleet";
import { withAccount } from "../account/account.ts";
import type { StackKind } from "../account/names.ts";
import { stateBucketName, stateKey } from "../account/state-backend.ts";
import type { Account } from "./account.ts";
import { type DeployVerb, STACK_ORDER } from "./stack-runs.ts";
import { lockSentence } from "./state-lock.ts";

/** What was found before a deployment: faults stop it. */
export interface Preflight {
  /** Each a sentence that says what to do. */
  readonly faults: readonly string[];
  /** The account that the stacks are for; undefined where AWS did not say whose the credentials are. */
  readonly account: string | undefined;
  readonly hasStateBucket: boolean;
  /** Whether the bootstrap's own state is in that bucket, where it belongs. */
  readonly hasBootstrapState: boolean;
}

/** Looks whether the stacks can be deployed or destroyed, before Terraform starts and without changing anything. */
export async function preflight(
  given: FleetConfig,
  stacks: readonly StackKind[],
  account: Account,
  verb: DeployVerb = "deploy",
): Promise<Preflight> {
  const id = await account.id();
  const nothing = { account: id, hasStateBucket: false, hasBootstrapState: false };
  const wanted = given.deploy.account;
  if (wanted !== undefined && wanted !== id)
    return {
      ...nothing,
      faults: [`These credentials are of account ${id}, the fleet file says ${wanted} (deploy.account): use others.`],
    };
  const config = withAccount(given, id);
  const bucket = stateBucketName(config);
  const hasStateBucket = await account.hasBucket(bucket);
  const others = stacks.filter((stack) => stack !== "bootstrap");
  if (!hasStateBucket)
    return {
      ...nothing,
      faults:
        others.length > 0 && !stacks.includes("bootstrap")
          ? [`The bucket of the state, ${bucket}, is not in account ${id}: run npm run deploy -- bootstrap first.`]
          : [],
    };
  const hasBootstrapState = await account.hasObject(bucket, stateKey(config, "bootstrap"));
  const locked = await Promise.all(stacks.map((stack) => lockFault(config, stack, account)));
  // What is taken down needs no secrets any more, what is looked at none yet.
  const missing = verb === "deploy" && stacks.includes("fleet") ? await missingSecrets(config, account) : [];
  const noImage = verb === "deploy" && stacks.includes("fleet") ? await missingImage(config, account) : [];
  const left = verb === "destroy" && stacks.includes("bootstrap") ? await statesLeft(config, stacks, account) : [];
  const faults = [...locked, ...missing, ...noImage, ...left].filter((fault) => fault !== undefined);
  return { account: id, hasStateBucket, hasBootstrapState, faults };
}

async function lockFault(config: FleetConfig, stack: StackKind, account: Account): Promise<string | undefined> {
  const lock = await account.stateLock(stateBucketName(config), stateKey(config, stack));
  if (lock === undefined) return undefined;
  return lockSentence(lock, stack);
}

/** With the bucket goes the record of every stack whose state is in it: nothing would ever destroy that stack. */
async function statesLeft(
  config: FleetConfig,
  stacks: readonly StackKind[],
  account: Account,
): Promise<readonly string[]> {
  const others = STACK_ORDER.filter((stack) => !stacks.includes(stack));
  const resources = await Promise.all(
    others.map((stack) => account.stateResources(stateBucketName(config), stateKey(config, stack))),
  );
  const left = others.filter((_stack, index) => (resources[index] ?? 0) > 0);
  if (left.length === 0) return [];
  return [
    `The bucket still holds the state of what exists: destroy ${left.join(", ")} first, or along with it (npm run deploy -- ${[...left, "bootstrap"].join(" ")} --destroy).`,
  ];
}

/** EC2 would refuse to launch a worker. */
async function missingImage(config: FleetConfig, account: Account): Promise<readonly string[]> {
  if (config.workers.image !== "baked") return [];
  const parameter = fleetNames(config).workerImageParameter;
  const folder = parameter.slice(0, parameter.lastIndexOf("/"));
  if ((await account.parameterNames(folder)).has(parameter.slice(folder.length + 1))) return [];
  return [
    `The fleet file says workers.image: baked, and no image was made yet. Deploy without it, release, run npx fleet image, then deploy with it.`,
  ];
}

async function missingSecrets(config: FleetConfig, account: Account): Promise<readonly string[]> {
  const folder = fleetNames(config).secretParameter("").replace(/\/$/, "");
  const existing = await account.parameterNames(folder);
  const missing = fleetSecrets(config).filter(({ name }) => !existing.has(name));
  if (missing.length === 0) return [];
  const commands = [
    ...(missing.some(({ origin }) => origin === "generated") ? ["npx fleet secrets generate"] : []),
    ...missing.filter(({ origin }) => origin === "given").map(({ name }) => `npx fleet secrets set ${name}`),
  ];
  return [
    `${missing.map(({ name }) => name).join(", ")}: not in Parameter Store, and no machine of the fleet starts without. Set them with ${commands.join("; ")}.`,
  ];
}
