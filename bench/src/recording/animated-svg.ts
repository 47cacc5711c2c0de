import type { Frame } from "./screen.ts";

/** How a recording is played. */
export interface Playback {
  readonly columns: number;
  readonly rows: number;
  /** Seconds of the recording in one second of the picture. */
  readonly speed: number;
  /** Pictures a second at most. */
  readonly fps: number;
  /** How long the last screen stays before it begins again, in seconds. */
  readonly restSeconds: number;
}

const CHARACTER_WIDTH = 8.4;
const LINE_HEIGHT = 18;
const PADDING = 16;

/**
 * A recording as one SVG that plays by itself, without a script: every screen is a group, shown for its share of the time by CSS.
 * Rows that come again are drawn once and referred to. Dark or light as the reader's page is. Throws a sentence without a frame.
 */
export function animatedSvg(frames: readonly Frame[], playback: Playback): string {
  const shown = thinned(frames, (1000 / playback.fps) * playback.speed);
  const last = shown.at(-1);
  if (last === undefined) throw new Error("the recording is empty: nothing was written to the terminal");
  const playedMs = last.atMs / playback.speed;
  const totalMs = playedMs + playback.restSeconds * 1000;
  const rows = new Map<string, number>();
  for (const { rows: lines } of shown)
    for (const line of lines) if (line !== "" && !rows.has(line)) rows.set(line, rows.size);
  const width = Math.ceil(playback.columns * CHARACTER_WIDTH + 2 * PADDING);
  const height = playback.rows * LINE_HEIGHT + 2 * PADDING;

  const texts = [...rows].map(([line, id]) => `<text id="r${id}">${escaped(line)}</text>`);
  const groups = shown.map(({ rows: lines }, i) => {
    const uses = lines.flatMap((line, y) =>
      line === "" ? [] : [`<use href="#r${rows.get(line)}" y="${y * LINE_HEIGHT}"/>`],
    );
    return `<g class="f f${i}">${uses.join("")}</g>`;
  });
  const styles = shown.map(({ atMs }, i) => {
    const from = percent(atMs / playback.speed / totalMs);
    const to = percent(i + 1 < shown.length ? (shown[i + 1]?.atMs ?? 0) / playback.speed / totalMs : 1);
    return `@keyframes k${i}{0%,${from}%{visibility:${i === 0 ? "visible" : "hidden"}}${from}%,${to}%{visibility:visible}${to}%,100%{visibility:hidden}}.f${i}{animation-name:k${i}}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="A recording of npm run demo">
<style>
svg{color-scheme:light dark}
rect{fill:#fbfbfa;stroke:#d4d4d0}text{fill:#24292f;font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre}
@media (prefers-color-scheme:dark){rect{fill:#15181d;stroke:#30363d}text{fill:#d7dde4}}
.f{visibility:hidden;animation:${(totalMs / 1000).toFixed(1)}s step-end infinite}
@media (prefers-reduced-motion:reduce){.f{animation:none}.f${shown.length - 1}{visibility:visible}}
${styles.join("\n")}
</style>
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8"/>
<defs>${texts.join("\n")}</defs>
<g transform="translate(${PADDING} ${PADDING + 13})">
${groups.join("\n")}
</g>
</svg>
`;
}

/** At most one frame in `everyMs`, the last of each; the very last is kept. */
function thinned(frames: readonly Frame[], everyMs: number): readonly Frame[] {
  const kept: Frame[] = [];
  for (const frame of frames) {
    const slot = Math.floor(frame.atMs / everyMs);
    const before = kept.at(-1);
    if (before !== undefined && Math.floor(before.atMs / everyMs) === slot) kept.pop();
    kept.push(frame);
  }
  return kept;
}

function percent(share: number): string {
  return (100 * share).toFixed(3);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
