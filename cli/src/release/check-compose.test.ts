import { expect, test } from "vitest";
import { createFakeRunner } from "../setup/fake-runner.ts";
import { checkCompose } from "./check-compose.ts";

const files = [{ path: "compose.yml", mode: 0o644, content: Buffer.from("services: {}\n") }];

test("compose is asked for the images of every profile, in a folder that has the stack", async () => {
  const seen: (string | undefined)[] = [];
  const runner = createFakeRunner([
    [
      /^docker compose -f compose\.yml --profile \* config --images$/,
      ({ cwd }) => {
        seen.push(cwd);
        return "nginx:1.30\nredis:8\nnginx:1.30\n";
      },
    ],
  ]);
  expect(await checkCompose(runner, "workers", files)).toEqual(["nginx:1.30", "redis:8"]);
  expect(seen).toHaveLength(1);
});

test("what compose says is told, by the folder's own name", async () => {
  const runner = createFakeRunner([
    [
      /^docker compose/,
      ({ cwd }) => ({
        exitCode: 15,
        stderr: `validating ${cwd}/compose.yml: services.web additional properties 'imgae' not allowed`,
      }),
    ],
  ]);
  await expect(checkCompose(runner, "workers", files)).rejects.toThrow(
    "compose cannot read stack-worker. Nothing was changed:\nvalidating stack-worker/compose.yml: services.web additional properties 'imgae' not allowed",
  );
});

test("without docker it is not released", async () => {
  await expect(checkCompose(createFakeRunner([]), "workers", files)).rejects.toThrow("docker is not installed");
});
