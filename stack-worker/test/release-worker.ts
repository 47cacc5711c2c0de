import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Deployment, type DeployOptions, deploy } from "../../test/code-deploy.ts";
import { readImages } from "../../test/images.ts";
import { startLoad } from "./load.ts";
import { type RevisionOptions, writeRevision } from "./revision.ts";
import { must } from "./run.ts";
import { buildServiceA } from "./sample-worker.ts";
import { createWorker, type WorkerUnderTest } from "./worker-under-test.ts";

/** Of its own, since images are removed by it, and other tests may run beside this one; so is the image that it begins with. */
const IMAGE = `compose-fleet/service-a:release-test-${process.pid}`;
const ENVIRONMENT = `test-${process.pid}`;
/** One each 10 ms: what loses requests for a moment loses some of these. Twice as many find no more, and take the processor from what is tested. */
const REQUESTS_PER_SECOND = 100;
/** Seconds that a replica may take to become healthy, also on a machine that does other things. */
const HEALTHY_SECONDS = "20";

/** A worker with replicas of the sample service, and what a release is judged by. */
export interface ReleaseWorker extends WorkerUnderTest {
  /** Makes a revision whose service answers its name, and deploys it. */
  release(name: string, more?: Partial<RevisionOptions>, options?: DeployOptions): Promise<Deployment>;
  /** Ids of what runs, of this service or of all. */
  running(service?: string): Promise<string[]>;
  /** Everything that a failed release has to leave as it was. */
  state(): Promise<object>;
  /** Does something under keep-alive load: its result, what clients lost, and the answers in the order of their changes. */
  underLoad<T>(action: () => Promise<T>): Promise<{ result: T; lost: object; answers: string[] }>;
  /** What the service answers now. */
  answer(): Promise<string>;
  /** Gives the service's image another name, which `remove` takes away again: an image of this fleet's repositories, or of `fleet`'s. */
  tagImage(tag: string, fleet?: string): Promise<string>;
  /** Which of all the names of the service's image there are. */
  images(): Promise<string[]>;
  /** Resolves as soon as more than `count` replicas run: a release is in the middle. Rejects after a minute. */
  moreThan(count: number): Promise<void>;
}

/** The fleet file of a revision whose service answers `payload`; `others` are further services of the same image, at /NAME/. */
export const fleetOf = (payload: string, others: readonly string[] = []): object => {
  const service = { port: 3000, memory: "192m", capacity: { requestsPerSecond: 71 } };
  return {
    name: "demo",
    environment: ENVIRONMENT,
    services: {
      "service-a": { ...service, path: "/api/", environment: { PAYLOAD: payload, WORK_MS: "5" } },
      ...Object.fromEntries(others.map((name) => [name, { ...service, path: `/${name}/` }])),
    },
  };
};

/** Builds the service and starts the worker with so many replicas at the revision `first`, which was not deployed but is what its disk had. */
export async function createReleaseWorker(replicas: number): Promise<ReleaseWorker> {
  await buildServiceA(IMAGE);
  const worker = await createWorker({
    fleet: fleetOf("first"),
    env: readImages(),
    parameters: {
      [`/fleet/demo/${ENVIRONMENT}/replicas`]: JSON.stringify({ "service-a": replicas }),
      [`/fleet/demo/${ENVIRONMENT}/secrets/REMOTE_WRITE_PASSWORD`]: "x",
    },
  });
  await writeFile(join(worker.folder, ".env"), `SERVICE_A_IMAGE=${IMAGE}\n`);
  const started = await worker.script("start.sh");
  if (started.code !== 0) throw new Error(started.stderr);

  const names = new Set<string>();
  const images = async (): Promise<string[]> => {
    const all = (await must("docker", ["image", "ls", "--format", "{{.Repository}}:{{.Tag}}"])).split("\n");
    return all.filter((name) => names.has(name)).sort();
  };
  const running = async (service?: string): Promise<string[]> => (await worker.containers(service)).sort();

  return {
    ...worker,
    running,
    async release(name, more = {}, options = {}) {
      const archive = await writeRevision(join(worker.root, "archives"), {
        name,
        fleet: fleetOf(name),
        images: { SERVICE_A_IMAGE: IMAGE },
        ...more,
      });
      const env = {
        FLEET_WORKER_ENV: join(worker.root, "worker.env"),
        RELEASE_HEALTHY_SECONDS: HEALTHY_SECONDS,
        RELEASE_MIN_FREE_MIB: "1",
        ...options.env,
      };
      return deploy(worker.root, archive, { ...options, env });
    },
    async state() {
      const entries = await readdir(worker.folder, { recursive: true, withFileTypes: true });
      const hashes = entries
        .filter((one) => one.isFile())
        .map(async ({ parentPath, name }) => {
          const content = await readFile(join(parentPath, name));
          return `${join(parentPath, name)} ${createHash("sha256").update(content).digest("hex")}`;
        });
      const trials = await must("docker", ["ps", "-aq", "--filter", `name=${worker.project}-trial`]);
      return { files: (await Promise.all(hashes)).sort(), containers: await running(), trials };
    },
    async underLoad(action) {
      const answers: string[] = [];
      const load = startLoad(`${await worker.url(80)}/api/x`, REQUESTS_PER_SECOND, (answer) => {
        if (answers.at(-1) !== answer) answers.push(answer);
      });
      try {
        await sleep(500);
        const result = await action();
        await sleep(500);
        const { failed, ok } = await load.stop();
        if (ok < REQUESTS_PER_SECOND / 2) throw new Error(`only ${ok} requests were answered`);
        return { result, lost: failed, answers };
      } catch (error) {
        await load.stop();
        throw error;
      }
    },
    async tagImage(tag, fleet = `demo-${ENVIRONMENT}`) {
      const name = `127.0.0.1:1/fleet-${fleet}/service-a:${tag}`;
      await must("docker", ["tag", IMAGE, name]);
      names.add(name);
      return name;
    },
    images,
    async remove() {
      await worker.remove();
      for (const name of [...(await images()), IMAGE]) await must("docker", ["rmi", name]);
    },
    answer: async () => (await fetch(`${await worker.url(80)}/api/x`, { method: "POST", body: "{}" })).text(),
    async moreThan(count) {
      const deadline = performance.now() + 60_000;
      while ((await running("service-a")).length <= count) {
        if (performance.now() > deadline) throw new Error(`never more than ${count} replicas`);
        await sleep(100);
      }
    },
  };
}
