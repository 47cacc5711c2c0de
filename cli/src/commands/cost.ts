import { eksCost, fleetCost, MONTH_HOURS, type Priced, priceOrigin, surplusCost } from "@compose-fleet/cost";
import { CliError } from "@compose-fleet/process";
import { Command, Option } from "commander";
import { parseCount } from "../options/parse-values.ts";
import type { CliContext } from "../run/context.ts";
import { withTargetOptions } from "../target/target-options.ts";
import { withTarget } from "../target/with-target.ts";

/** `fleet cost`: what the fleet costs as it is now, by list prices. */
export function costCommand(context: CliContext): Command {
  return withTargetOptions(new Command("cost"))
    .description("what the fleet costs at the size that it has now, by list prices, beside a fixed fleet and EKS")
    .option("--month", "a month of it instead of an hour")
    .addOption(new Option("--workers <count>", "at this size instead").argParser(parseCount))
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  fleet cost --month\n  fleet cost --workers 3 --month --json\n  fleet cost --aws\n\nTraffic and tax come on top. Prices that are not known can be written into the fleet file (budget.prices).\n\nExit codes: 0 done, 1 a price is not known or the scaler does not answer, 2 no fleet, plugin or credentials.",
    )
    .action((options: { month?: boolean; workers?: number; json?: boolean }, command: Command) =>
      withTarget(context, command, async ({ config, scaler }) => {
        const seen = await sizeOf(options.workers, async () => (await scaler.status()).members);
        const answer = costAnswer(config, seen.workers, seen.cpu);
        context.print(
          options.json ? JSON.stringify(answer, null, 2) : costText(answer, options.month === true).join("\n"),
        );
      }),
    );
}

interface Size {
  readonly workers: number;
  /** Mean of the workers that tell; null where nobody does. */
  readonly cpu: number | null;
}

async function sizeOf(
  given: number | undefined,
  members: () => Promise<readonly { readonly state: string; readonly cpuRatio: number | null }[]>,
): Promise<Size> {
  if (given !== undefined) return { workers: given, cpu: null };
  // AWS is paid for whatever exists, whether it serves or not.
  const all = await members();
  const told = all.flatMap(({ cpuRatio }) => (cpuRatio === null ? [] : [cpuRatio]));
  return {
    workers: all.length,
    cpu: told.length === 0 ? null : told.reduce((total, cpu) => total + cpu, 0) / told.length,
  };
}

/** Everything in US dollars an hour. */
export interface CostAnswer {
  readonly workers: number;
  readonly onDemandWorkers: number;
  readonly spotWorkers: number;
  readonly usdPerHour: number;
  readonly usdPerMonth: number;
  readonly lines: readonly { readonly what: string; readonly usdPerHour: number }[];
  /** What burstable workers pay beyond that while their CPU stays as it is; null where it is not known. */
  readonly surplusUsdPerHour: number | null;
  /** The same fleet fixed at workers.max, and as nodes of EKS. */
  readonly fixedUsdPerHour: number;
  readonly eksUsdPerHour: number;
  readonly budget: { readonly monthlyUsd: number; readonly hourlyUsd: number | null };
  readonly prices: string;
}

/** What a size of the fleet costs. Throws `CliError` where a price is not known. */
export function costAnswer(config: Parameters<typeof fleetCost>[0], workers: number, cpu: number | null): CostAnswer {
  const cost = known(fleetCost(config, workers));
  return {
    workers,
    onDemandWorkers: cost.onDemandWorkers,
    spotWorkers: cost.spotWorkers,
    usdPerHour: cost.usdPerHour,
    usdPerMonth: cost.usdPerHour * MONTH_HOURS,
    lines: cost.lines,
    surplusUsdPerHour: cpu === null ? null : surplusCost(config, workers, cpu),
    fixedUsdPerHour: known(fleetCost(config, config.workers.max)).usdPerHour,
    eksUsdPerHour: known(eksCost(config, workers)),
    budget: { monthlyUsd: config.budget.monthlyUsd, hourlyUsd: config.budget.hourlyUsd ?? null },
    prices: priceOrigin(config),
  };
}

/** The answer for people, in 80 columns. */
export function costText(answer: CostAnswer, isMonth: boolean): readonly string[] {
  const amount = (usdPerHour: number) =>
    (isMonth ? (usdPerHour * MONTH_HOURS).toFixed(2) : usdPerHour.toFixed(4)).padStart(10);
  const { surplusUsdPerHour: surplus, fixedUsdPerHour, eksUsdPerHour, usdPerHour, usdPerMonth, budget } = answer;
  const line = (usd: number, what: string) => `${amount(usd)}  ${what}`;
  return [
    `US dollars ${isMonth ? `a month (${MONTH_HOURS} h) at this size` : "an hour"}, without traffic and tax:`,
    ...answer.lines.map(({ what, usdPerHour: usd }) => line(usd, what)),
    line(usdPerHour, "together"),
    ...(surplus ? [line(surplus, "on top while CPU stays as busy: a burstable type earns less")] : []),
    line(fixedUsdPerHour, `fixed at workers.max instead: ${difference(usdPerHour, fixedUsdPerHour)}`),
    line(eksUsdPerHour, `the same workers as nodes of EKS: ${difference(usdPerHour, eksUsdPerHour)}`),
    `The month's budget, ${budget.monthlyUsd} USD: ${Math.round((100 * usdPerMonth) / budget.monthlyUsd)} % at this size.`,
    `Prices: ${answer.prices}.`,
  ];
}

function difference(usd: number, other: number): string {
  const percent = other === 0 ? 0 : Math.round(100 * (1 - usd / other));
  return percent >= 0 ? `this is ${percent} % less` : `this is ${-percent} % more`;
}

function known<T>(priced: Priced<T>): T {
  if (priced.ok) return priced.value;
  throw new CliError(`${priced.problem.slice(0, 1).toUpperCase()}${priced.problem.slice(1)}.`);
}
