import uPlot from "uplot";
import type { ChartData } from "../model/chart-data.ts";
import { clockText, numberText } from "../model/format.ts";

/** The drawn chart. */
export interface LoadPlot {
  show(data: ChartData): void;
  destroy(): void;
}

const HEIGHT = 240;

/** Draws into `place`, as wide as it is. `onDrawn` gets the place of a time on it, in pixels from its left; again after each change. */
export function drawChart(place: HTMLElement, onDrawn: (leftOf: (seconds: number) => number) => void): LoadPlot {
  let latest: ChartData | undefined;
  let plot = newPlot();
  const resized = new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: HEIGHT }));
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const redraw = () => {
    plot.destroy();
    plot = newPlot();
    if (latest) show(latest);
  };
  resized.observe(place);
  scheme.addEventListener("change", redraw);

  function newPlot(): uPlot {
    const color = (name: string) => getComputedStyle(place).getPropertyValue(name).trim();
    const axis = {
      stroke: color("--dim"),
      grid: { stroke: color("--line"), width: 1 },
      ticks: { stroke: color("--line") },
    };
    const line = (label: string, stroke: string, more: Partial<uPlot.Series> = {}): uPlot.Series => ({
      label,
      stroke,
      width: 2,
      points: { show: false },
      ...more,
    });
    return new uPlot(
      {
        width: place.clientWidth,
        height: HEIGHT,
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, points: { show: false } },
        scales: { y: { range: (_plot, _least, most) => [0, Math.max(1, most ?? 0) * 1.1] } },
        axes: [
          {
            ...axis,
            values: (_plot, ticks, _axis, _space, step) =>
              ticks.map((seconds) => clockText(seconds * 1000).slice(0, step < 60 ? 8 : 5)),
          },
          { ...axis, size: 56, values: (_plot, ticks) => ticks.map((value) => numberText(value)) },
        ],
        series: [
          {},
          line("load", color("--load"), { fill: color("--load-fill") }),
          // It is unknown while a worker is that has just come: the line goes on where it is known again.
          line("capacity", color("--capacity"), { spanGaps: true }),
          // One number every few points: the line goes on between them.
          line("forecast", color("--forecast"), { dash: [6, 4], spanGaps: true }),
        ],
        hooks: {
          draw: [
            (drawn) => {
              const ratio = devicePixelRatio || 1;
              onDrawn((seconds) => drawn.valToPos(seconds, "x") + drawn.bbox.left / ratio);
            },
          ],
        },
      },
      [[], [], [], []],
      place,
    );
  }
  function show(data: ChartData): void {
    latest = data;
    plot.setData([data.seconds, data.load, data.capacity, data.forecast] as unknown as uPlot.AlignedData);
  }
  return {
    show,
    destroy: () => {
      resized.disconnect();
      scheme.removeEventListener("change", redraw);
      plot.destroy();
    },
  };
}
