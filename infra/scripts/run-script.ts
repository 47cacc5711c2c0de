import { FleetFileError, fileSystemSentence } from "@compose-fleet/files";

/** What a script says and how it ends. */
export interface Outcome {
  readonly exitCode: number;
  readonly lines: readonly string[];
}

/** Runs a script of `package.json`: help, exit code, and failures as sentences. */
export async function runScript(
  usage: string,
  main: (args: string[], env: NodeJS.ProcessEnv, say: (line: string) => void) => Promise<Outcome>,
): Promise<void> {
  const args = process.argv.slice(2);
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  if (args.includes("--help") || args.includes("-h")) return say(usage);
  // biome-ignore lint/style/noProcessEnv: composition root
  const env = process.env;
  // Node 20 is what we support with the AWS SDK that is pinned; its advice about versions of 2027 is nothing for a reader of these lines.
  env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  try {
    const { exitCode, lines } = await main(args, env, say);
    for (const line of lines) say(line);
    process.exitCode = exitCode;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const isUsage = "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
    process.stderr.write(
      `${isUsage ? `${error.message}\n\n${usage}` : isSetUp(error) || error.name === "TerraformError" ? error.message : (fileSystemSentence(error) ?? error.stack)}\n`,
    );
    process.exitCode = isUsage || isSetUp(error) ? 2 : 1;
  }
}

/** What has to be mended before anything is done. */
function isSetUp(error: Error): boolean {
  return error instanceof FleetFileError || error.message.startsWith("TF_MIRROR_DIR");
}
