import type { LookAnswer } from "@compose-fleet/wh-api";
import { durationText, numberText, secondsText, shareText, UNKNOWN, usdText } from "../model/format.ts";

interface Figure {
  readonly name: string;
  readonly value: string;
  readonly more: string;
  readonly isBad?: boolean;
}

/** The fleet in a few figures. */
export function TopLine({ look }: { readonly look: LookAnswer }) {
  return (
    <dl class="figures" aria-label="The fleet now">
      {figuresOf(look).map(({ isBad, more, name, value }) => (
        <div key={name} class={isBad ? "figure bad" : "figure"} data-figure={name}>
          <dt>{name}</dt>
          <dd>
            <strong>{value}</strong>
            <small>{more}</small>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** What stands in the top line. */
export function figuresOf({ cost, status, traffic }: LookAnswer): readonly Figure[] {
  const { leader, lastTick, services, workers } = status;
  const { failuresPerSecond, p99Seconds, requestsPerSecond } = traffic;
  const each = Object.values(services);
  const ready = sumOf(each.map(({ replicasReady }) => replicasReady));
  const desired = sumOf(each.map(({ replicasDesired }) => replicasDesired));
  const failed =
    failuresPerSecond === null || requestsPerSecond === null
      ? null
      : requestsPerSecond === 0
        ? 0
        : failuresPerSecond / requestsPerSecond;
  const isBlind = lastTick !== null && !lastTick.metricsReadable;
  return [
    { name: "Requests", value: numberText(requestsPerSecond), more: "per second, last minute" },
    { name: "p99", value: secondsText(p99Seconds), more: "last minute" },
    {
      name: "Failures",
      value: shareText(failed),
      more: `${numberText(failuresPerSecond)} a second with 5xx`,
      isBad: failed !== null && failed > 0.01,
    },
    { name: "Replicas", value: numberText(ready), more: `ready, ${numberText(desired)} wanted` },
    {
      name: "Workers",
      value: numberText(workers?.inService),
      more: workers ? workersText(workers) : "the group cannot be read",
      isBad: workers === null && lastTick !== null,
    },
    {
      name: "Cost",
      value: usdText(cost?.usdPerHour),
      more: cost ? costText(cost) : "an hour: a price or the group is not known",
    },
    {
      name: "Leads",
      value: leader.isMe ? "this scaler" : (leader.holder?.split("/")[0] ?? UNKNOWN),
      more: leader.mandate === "everything" ? "and may do everything" : `mandate: ${leader.mandate}`,
      isBad: leader.mandate === "scale-out",
    },
    {
      name: "Sight",
      value: lastTick === null ? UNKNOWN : isBlind ? "blind" : "sees",
      more: `blind for ${durationText(status.blindSeconds * 1000)} since it started`,
      isBad: isBlind,
    },
  ];
}

/** The month if every hour were this one, and what scaling saves of the cost of a fleet that has its most workers at all times. */
function costText({ budgetUsdPerMonth, fixedUsdPerHour, usdPerHour, usdPerMonth }: NonNullable<LookAnswer["cost"]>) {
  const saved = fixedUsdPerHour > 0 ? 1 - usdPerHour / fixedUsdPerHour : null;
  // One dear hour is no dear month: an alert tells of that.
  const over = usdPerMonth > budgetUsdPerMonth ? ` (budget ${usdText(budgetUsdPerMonth)})` : "";
  return `an hour, ${usdText(usdPerMonth)} a month${over}; scaling saves ${shareText(saved)}`;
}

function workersText({
  draining,
  groupDesired,
  max,
  min,
  pending,
}: NonNullable<LookAnswer["status"]["workers"]>): string {
  const parts = [
    `of ${groupDesired} (${min} to ${max})`,
    pending > 0 ? `${pending} booting` : "",
    draining > 0 ? `${draining} draining` : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}

function sumOf(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>((sum, value) => (sum === null || value === null ? null : sum + value), 0);
}
