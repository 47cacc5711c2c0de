const DAY_SECONDS = 86_400;
const STEP_SECONDS = 60;
/** A Monday, so that weekends are weekends. */
const START_SECONDS = 1_704_067_200;

/** Traffic as a shop's: days, weekends, and a busy quarter of an hour now and then. The same text for the same number of days. */
export function shopTrace(days: number): string {
  const lines = ["timestamp,requests_per_second"];
  let noise = 1;
  for (let slot = 0; slot < (days * DAY_SECONDS) / STEP_SECONDS; slot++) {
    const seconds = slot * STEP_SECONDS;
    const day = Math.floor(seconds / DAY_SECONDS);
    const hour = 1 - Math.cos((2 * Math.PI * (seconds % DAY_SECONDS)) / DAY_SECONDS);
    const weekend = day % 7 >= 5 ? 0.6 : 1;
    // A generator of Park and Miller: bad enough for noise.
    noise = (noise * 48_271) % 2_147_483_647;
    const share = noise / 2_147_483_647;
    const busy = (slot * 7919) % 997 < 15 ? 2 : 1;
    lines.push(`${START_SECONDS + seconds},${(10 * weekend * busy * (0.2 + hour) * (0.9 + 0.2 * share)).toFixed(4)}`);
  }
  return `${lines.join("\n")}\n`;
}
