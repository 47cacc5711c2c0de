import { type Command, Option } from "commander";
import { fleetOption, sampleFleetOption } from "./fleet-option.ts";
import { parsePort, parseSeconds } from "./parse-values.ts";

/** Options that every command takes which starts a local fleet. */
export interface LocalOptions {
  readonly fleet?: string;
  readonly bootSeconds: number;
  readonly registrationSeconds: number;
  readonly lbPort: number;
  readonly lbProxyPort: number;
  readonly whPort: number;
  readonly whStandbyPort: number;
  readonly prometheusPort: number;
  readonly alertmanagerPort: number;
  readonly awsPort: number;
}

/** Adds the options of `LocalOptions` to a command about your own fleet, or about a sample. */
export function withLocalOptions(command: Command, sample?: string): Command {
  const port = (flag: string, what: string, value: number) =>
    new Option(`${flag} <port>`, `port of ${what} on 127.0.0.1`).default(value).argParser(parsePort);
  return command
    .addOption(sample === undefined ? fleetOption() : sampleFleetOption(sample))
    .addOption(
      new Option("--boot-seconds <seconds>", "how long an emulated instance boots before it starts its services")
        .default(5)
        .argParser(parseSeconds),
    )
    .addOption(
      new Option(
        "--registration-seconds <seconds>",
        "how long the load balancer takes to register a worker; AWS: minutes",
      )
        .default(1)
        .argParser(parseSeconds),
    )
    .addOption(port("--lb-port", "the load balancer", 18_080))
    .addOption(port("--lb-proxy-port", "the load balancer for clients that speak the PROXY protocol", 18_081))
    .addOption(port("--wh-port", "the scaler", 18_090))
    .addOption(port("--wh-standby-port", "the scaler that stands by", 18_091))
    .addOption(port("--prometheus-port", "Prometheus", 19_090))
    .addOption(port("--alertmanager-port", "Alertmanager", 19_093))
    .addOption(port("--aws-port", "the emulated AWS", 14_566));
}
