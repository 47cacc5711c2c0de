import { goodVariant, hookVariant, programVariant, unpushedVariant, type Variant } from "./variant.ts";

/** What happens to the fleet besides. */
export type Disturbance = "scale out" | "scale in" | "kill a worker" | "full disk";

/** One release under load, and how it has to end. */
export interface Scenario {
  readonly name: string;
  /** How many serve at its beginning. */
  readonly workers: number;
  readonly variant: Variant;
  readonly disturbance?: Disturbance;
  /** What its failure has to be put down to; undefined: it has to succeed. */
  readonly cause?: RegExp;
}

const NEVER = 3_600;
/** A release that is stuck is ended by this limit of its hook, seconds. */
const HANGING_HOOK_SECONDS = 15;
const WORKERS = 3;

/** All scenarios, in an order that moves few workers. `turnsFile` is a path where hooks of one release count themselves. */
export function allScenarios(turnsFile: string): readonly Scenario[] {
  const turn = [
    `echo turn >>'${turnsFile}'`,
    `if [ "$(wc -l <'${turnsFile}')" -ge ${WORKERS} ]; then`,
    "  echo 'this worker alone cannot take it' >&2",
    "  exit 1",
    "fi",
  ];
  const broken = (name: string, variant: Variant, cause: RegExp, more: Partial<Scenario> = {}): Scenario => ({
    name,
    workers: WORKERS,
    variant,
    cause,
    ...more,
  });
  return [
    { name: "single worker", workers: 1, variant: goodVariant("version 1") },
    ...[1, 2, 3, 4, 5].map((number) => ({
      name: `new version on 3 workers (${number} of 5)`,
      workers: WORKERS,
      variant: goodVariant(`version 2.${number}`),
    })),
    broken(
      "crash at start",
      programVariant("crashes", "console.error('cannot open the ledger'); process.exit(3)"),
      /cannot open the ledger/,
    ),
    broken("never healthy", programVariant("mute", `setTimeout(() => {}, ${NEVER * 1000})`), /not healthy after \d+ s/),
    broken("image missing", unpushedVariant("missing"), /cannot be pulled/),
    broken(
      "hook hangs",
      hookVariant("hangs", "validate-service", [`sleep ${NEVER}`], HANGING_HOOK_SECONDS),
      /ValidateService .*ScriptTimedOut/,
    ),
    broken("disk full", goodVariant("no room"), /MiB free/, { disturbance: "full disk" }),
    broken(
      "only the last worker fails",
      hookVariant("all but one", "after-install", turn, 1_200),
      /this worker alone cannot take it/,
    ),
    {
      name: "while scaling out",
      workers: WORKERS,
      variant: goodVariant("version 3.1"),
      disturbance: "scale out",
    },
    { name: "while scaling in", workers: WORKERS + 1, variant: goodVariant("version 3.2"), disturbance: "scale in" },
    {
      name: "worker killed in the middle",
      workers: WORKERS,
      variant: goodVariant("version 3.3"),
      disturbance: "kill a worker",
    },
  ];
}
