import { join } from "node:path";
import { checkMachine, ensurePrograms, type ImageVariable, imageCatalog } from "@compose-fleet/setup";
import { Command } from "commander";
import { ensureOwnImages } from "../bring-up/own-images.ts";
import { prepareMachine } from "../bring-up/prepare-machine.ts";
import type { CliContext } from "../run/context.ts";

/** `fleet setup`: Docker and every image, ready for the local fleet. */
export function setupCommand(context: CliContext): Command {
  return new Command("setup")
    .description("make Docker and every image available on this machine; asks before it installs anything")
    .option("--refresh", "ask the registries again where images were built as stand-ins")
    .option("--all", "also the programs and images that only tests and extras need")
    .option("--json", "print the images as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  fleet setup\n  NGINX_IMAGE=registry.example.com/nginx:1.30 fleet setup --refresh\n\nExit codes: 0 ready, 1 a build failed, 2 something is missing that you have to install, 130 interrupted.",
    )
    .action(async (options: { refresh?: boolean; all?: boolean; json?: boolean }) => {
      const { root, machine, terminal } = context;
      // Before anything is installed.
      await checkMachine(machine.host, join(root, ".fleet"));
      if (options.all) await ensurePrograms({ ...machine, progress: terminal.progress });
      const extra: ImageVariable[] = options.all ? imageCatalog.map((entry) => entry.variable) : [];
      const images = await prepareMachine(context, { extra, refresh: options.refresh === true });
      const own = await ensureOwnImages(
        { root, runner: machine.runner, progress: terminal.progress },
        images.NODE_IMAGE ?? "",
      );
      const all = { ...images, ...own };
      if (options.json) context.print(JSON.stringify(all, null, 2));
      else for (const [name, image] of Object.entries(all)) context.print(`${name}=${image}`);
    });
}
