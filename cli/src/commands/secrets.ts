import { randomBytes } from "node:crypto";
import { loadFleetFile } from "@compose-fleet/files";
import { type FleetConfig, fleetNames, fleetSecrets, loginFault, loginSecrets } from "@compose-fleet/fleet";
import { CliError, exitCodes } from "@compose-fleet/process";
import { Command } from "commander";
import { fleetOption } from "../options/fleet-option.ts";
import { fleetFilePath } from "../options/fleet-path.ts";
import type { CliContext } from "../run/context.ts";
import { awsFailure } from "../secrets/aws-failure.ts";
import type { SecretStore } from "../secrets/secret-store.ts";
import { generateSecret, secretValue } from "../secrets/secret-value.ts";
import { awsPatience } from "../target/aws-patience.ts";

type SecretsContext = Pick<CliContext, "root" | "print" | "terminal">;
type Connect = (config: FleetConfig) => SecretStore | Promise<SecretStore>;

const connectToAws: Connect = async (config) => {
  // AWS's client is loaded by who needs it: it would make every other command slower to start.
  const { openSecretStore } = await import("../secrets/open-secret-store.ts");
  return openSecretStore(config, awsPatience);
};

/** `fleet secrets`: values that are in AWS's Parameter Store and nowhere else. */
export function secretsCommand(context: SecretsContext, connect: Connect = connectToAws): Command {
  return new Command("secrets")
    .description("set the fleet's secrets in AWS (Parameter Store), or list which are set; a value is never shown")
    .addCommand(setCommand(context, connect))
    .addCommand(generateCommand(context, connect))
    .addCommand(listCommand(context, connect));
}

function setCommand(context: SecretsContext, connect: Connect): Command {
  return new Command("set")
    .description("set a secret to what is typed at the prompt or piped in")
    .argument("<name>", "a secret that fleet.yaml names, or one of the fleet's own (see: fleet secrets list)")
    .option("--generate", "set it to 256 random bits instead")
    .addOption(fleetOption())
    .addHelpText(
      "after",
      "\nA running fleet takes a service's new value with the next release; docs/operate.md says when each of the others counts.\n\nExamples:\n  fleet secrets set API_KEY\n  pass shop/api-key | fleet secrets set API_KEY\n  fleet secrets set ALERTS_TOKEN --generate --fleet stage.yaml\n\nExit codes: 0 set, 1 refused by AWS or fleet.yaml faulty, 2 usage error or no credentials.",
    )
    .action(async (name: string, options: { generate?: boolean; fleet?: string }) => {
      const config = await loadFleetFile(fleetFilePath(context, options.fleet));
      const known = fleetSecrets(config).map((secret) => secret.name);
      if (!known.includes(name))
        throw new CliError(
          `Got ${JSON.stringify(name)}: this fleet has the secrets ${known.join(", ")}. A service's own go under its secrets: in the fleet file.`,
          exitCodes.usage,
        );
      const value = options.generate
        ? generateSecret(randomBytes)
        : secretValue(await context.terminal.readHidden(`Value of ${name} (is not shown): `));
      const fault = loginSecrets(config).includes(name) ? loginFault(value) : undefined;
      if (fault !== undefined)
        throw new CliError(`The value for ${name} ${fault}. Nothing was changed.`, exitCodes.usage);
      const outcome = await orSentence((await connect(config)).put(name, value));
      context.print(`${fleetNames(config).secretParameter(name)}: ${outcome}`);
    });
}

function generateCommand(context: SecretsContext, connect: Connect): Command {
  return new Command("generate")
    .description("make up the passwords and tokens that only the fleet's machines use, where they are missing")
    .addOption(fleetOption())
    .addHelpText(
      "after",
      "\nExamples:\n  fleet secrets generate\n\nExit codes: 0 all are set, 1 refused by AWS or fleet.yaml faulty, 2 usage error or no credentials.",
    )
    .action(async (options: { fleet?: string }) => {
      const config = await loadFleetFile(fleetFilePath(context, options.fleet));
      const store = await connect(config);
      const existing = await orSentence(store.names());
      for (const { name, origin } of fleetSecrets(config)) {
        if (origin !== "generated") continue;
        const outcome = existing.has(name) ? "kept" : await orSentence(store.put(name, generateSecret(randomBytes)));
        context.print(`${fleetNames(config).secretParameter(name)}: ${outcome}`);
      }
    });
}

function listCommand(context: SecretsContext, connect: Connect): Command {
  return new Command("list")
    .description("say which secrets the fleet needs and which of them are set")
    .option("--json", "print it as JSON")
    .addOption(fleetOption())
    .addHelpText(
      "after",
      "\nExamples:\n  fleet secrets list\n  fleet secrets list --json\n\nExit codes: 0 all are set, 1 some are missing (each with the command that sets it), 2 usage error or no credentials.",
    )
    .action(async (options: { json?: boolean; fleet?: string }) => {
      const config = await loadFleetFile(fleetFilePath(context, options.fleet));
      const existing = await orSentence((await connect(config)).names());
      const secrets = fleetSecrets(config).map((secret) => ({ ...secret, isSet: existing.has(secret.name) }));
      if (options.json) context.print(JSON.stringify(secrets, null, 2));
      else
        for (const { name, isSet, purpose } of secrets)
          context.print(`${isSet ? "set    " : "missing"} ${name.padEnd(22)} ${purpose}`);
      const missing = secrets.filter(({ isSet }) => !isSet);
      if (missing.length === 0) return;
      const commands = [
        ...(missing.some(({ origin }) => origin === "generated") ? ["fleet secrets generate"] : []),
        ...missing.filter(({ origin }) => origin === "given").map(({ name }) => `fleet secrets set ${name}`),
      ];
      throw new CliError(
        `${missing.length} missing. Set them with:\n${commands.map((each) => `  ${each}`).join("\n")}`,
      );
    });
}

async function orSentence<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw awsFailure(error);
  }
}
