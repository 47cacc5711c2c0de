import { join, resolve } from "node:path";
import { readImages } from "../../test/images.ts";
import { must } from "./run.ts";
import { createWorker, type WorkerUnderTest } from "./worker-under-test.ts";

const ROOT = resolve(import.meta.dirname, "../..");
/** A value with everything that a shell or compose could take for something else. */
export const SECRET = `it's "$HOME" #1 \\n & more`;
const FLEET = {
  name: "demo",
  environment: "test",
  services: {
    "service-a": {
      path: "/api/",
      port: 3000,
      memory: "192m",
      capacity: { requestsPerSecond: 71 },
      metrics: true,
      environment: { PAYLOAD: "costs $5, $HOME" },
    },
    greeter: {
      path: "/greet/",
      port: 8000,
      memory: "64m",
      replicas: { min: 1, max: 3 },
      capacity: { requestsPerSecond: 50 },
      environment: { GREETING: "hello" },
      secrets: ["GREETER_KEY"],
    },
  },
};

/** Builds the sample service's image as `tag`, on the base image that set-up found. */
export async function buildServiceA(tag: string): Promise<void> {
  await must("node", ["build.mjs"], { cwd: join(ROOT, "service-a") });
  const { NODE_IMAGE } = readImages();
  await must("docker", ["build", "-q", "--build-arg", `NODE_IMAGE=${NODE_IMAGE}`, "-t", tag, "."], {
    cwd: join(ROOT, "service-a"),
  });
}

/** A worker with the sample service and one in another language, counts and secrets as parameters; nothing runs yet. */
export async function createSampleWorker(): Promise<WorkerUnderTest> {
  const images = readImages();
  if (images.PYTHON_IMAGE === undefined)
    throw new Error("no PYTHON_IMAGE in .fleet/images.env: run `npx fleet setup --all`");
  const image = "compose-fleet/service-a:test";
  await buildServiceA(image);
  return createWorker({
    fleet: FLEET,
    env: { ...images, SERVICE_A_IMAGE: image, WORKER_CPU_LIMIT_CORES: "1.5" },
    parameters: {
      "/fleet/demo/test/replicas": '{"service-a": 2, "greeter": 99}',
      "/fleet/demo/test/secrets/GREETER_KEY": SECRET,
      "/fleet/demo/test/secrets/REMOTE_WRITE_PASSWORD": "secret-of-remote-write",
    },
  });
}
