import { join, resolve } from "node:path";
import { checkFolder, checkWritable, loadFleetFile } from "@compose-fleet/files";
import { CliError } from "@compose-fleet/process";
import { renderStacks } from "@compose-fleet/render";
import { Command } from "commander";
import { checkServices } from "../compose/check-services.ts";
import { fleetOption } from "../options/fleet-option.ts";
import { fleetFilePath } from "../options/fleet-path.ts";
import { pathOption } from "../options/path-option.ts";
import { checkRendered, writeRendered } from "../render/files.ts";
import type { CliContext } from "../run/context.ts";

/** `fleet render`: what both stacks must know of fleet.yaml, as committed files. */
export function renderCommand(context: CliContext): Command {
  const { root, print } = context;
  return new Command("render")
    .description("write what both stacks must know of fleet.yaml to stack-*/rendered/")
    .addOption(fleetOption())
    .addOption(pathOption("--out", "folder", "write below this folder instead of the project's"))
    .option("--check", "write nothing; fail when a file is not what fleet.yaml says")
    .option("--json", "print the files as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  fleet render\n  fleet render --check\n\nExit codes: 0 done, 1 drift or a fault in fleet.yaml, 2 usage error, or a path that cannot be used.",
    )
    .action(async (options: { fleet?: string; out?: string; check?: boolean; json?: boolean }) => {
      const config = await loadFleetFile(fleetFilePath(context, options.fleet));
      const files = renderStacks(config);
      const folder = options.out === undefined ? root : resolve(options.out);
      // Before compose is asked, which takes seconds.
      if (options.out !== undefined && options.check) await checkFolder(options.out);
      if (options.out !== undefined && !options.check)
        for (const { path, content } of files) await checkWritable(join(folder, path), content.length);
      await checkServices(context, config);
      if (options.check) {
        const drifts = await checkRendered(folder, files);
        if (options.json) print(JSON.stringify({ ok: drifts.length === 0, drifts }, null, 2));
        if (drifts.length > 0)
          throw new CliError(
            [
              "Not what fleet.yaml says (run npx fleet render):",
              ...drifts.map(({ path, kind }) => `  ${path}: ${kind}`),
            ].join("\n"),
          );
        if (!options.json) print(`${files.length} files are what fleet.yaml says.`);
        return;
      }
      await writeRendered(folder, files);
      if (options.json) print(JSON.stringify({ ok: true, files: files.map((file) => file.path) }, null, 2));
      else for (const file of files) print(file.path);
    });
}
