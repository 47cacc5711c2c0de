import { join } from "node:path";
import { command, type Runner } from "@compose-fleet/process";
import { runStep } from "./run-step.ts";
import { checkImage, recipeHash, recipeLabel } from "./stand-in.ts";
import { recipeNamed } from "./stand-in-recipes.ts";

/** Builds mtail's image with its Dockerfile, which needs a registry's Debian and a package mirror inside the build. Returns the tag. Throws `SetupError`. */
export async function buildMtail(
  deps: { readonly runner: Runner; readonly imagesFolder: string },
  base: string,
): Promise<string> {
  const { runner, imagesFolder } = deps;
  const recipe = recipeNamed("mtail");
  const label = `${recipeLabel}=${await recipeHash(imagesFolder, recipe)}`;
  const unnamed = `${recipe.repository}:building`;
  const context = join(imagesFolder, recipe.name);
  const args = ["build", "-q", "--label", label, "--build-arg", `BASE=${base}`, "-t", unnamed, context];
  await runStep(runner, { file: "docker", args }, "could not build mtail");
  const version = /version (\d+\.\d+\.\d+)/.exec(await checkImage(runner, recipe, unnamed))?.[1] ?? "unknown";
  const tag = `${recipe.repository}:${version}`;
  await runStep(runner, command("docker", "tag", unnamed, tag), `could not tag ${tag}`);
  await runStep(runner, command("docker", "rmi", unnamed), `could not untag ${unnamed}`);
  return tag;
}
