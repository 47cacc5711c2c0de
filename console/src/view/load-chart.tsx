import type { RecordedDecision, TrendPoint } from "@compose-fleet/wh-api";
import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { type ChartData, chartData, type Mark, marksOf, tableRows } from "../model/chart-data.ts";
import { clockText, numberText } from "../model/format.ts";
import { drawChart, type LoadPlot } from "./plot.ts";

const TABLE_ROWS = 60;

/** Load against capacity, with decisions as marks, and the same as a table. */
export function LoadChart(props: {
  readonly trend: readonly TrendPoint[];
  readonly decisions: readonly RecordedDecision[];
  readonly services: readonly string[];
}) {
  const service = useSignal<string | undefined>(undefined);
  const told = useSignal<Mark | undefined>(undefined);
  const { decisions, trend } = props;
  const data = useMemo(() => chartData(trend, service.value), [trend, service.value]);
  const marks = useMemo(() => marksOf(decisions, trend, service.value), [decisions, trend, service.value]);
  return (
    <section class="card" aria-labelledby="chart">
      <h2 id="chart">Load against capacity</h2>
      {props.services.length > 1 && (
        <label>
          Service{" "}
          <select
            onChange={(event) => {
              service.value = event.currentTarget.value === "" ? undefined : event.currentTarget.value;
            }}
          >
            <option value="">all together</option>
            {props.services.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {data.seconds.length < 2 ? (
        <p class="waits">The chart begins when this scaler has looked twice.</p>
      ) : (
        <Plot
          data={data}
          marks={marks}
          onMark={(mark) => {
            told.value = mark;
          }}
        />
      )}
      <p class="legend">
        <i class="line load" /> load <i class="line capacity" /> capacity of the replicas that are ready{" "}
        <i class="line forecast" /> forecast <i class="line out" /> more <i class="line in" /> fewer
      </p>
      <output class="told">
        {told.value
          ? `${clockText(told.value.seconds * 1000)} ${told.value.text}`
          : "Point at a mark, or reach one with Tab, to read the decision."}
      </output>
      <details>
        <summary>The chart as a table</summary>
        <ChartTable data={data} />
      </details>
    </section>
  );
}

function Plot(props: {
  readonly data: ChartData;
  readonly marks: readonly Mark[];
  readonly onMark: (mark: Mark | undefined) => void;
}) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<LoadPlot | undefined>(undefined);
  const marks = useRef(props.marks);
  const lefts = useSignal<ReadonlyMap<string, number>>(new Map());
  marks.current = props.marks;
  useEffect(() => {
    if (!place.current) return undefined;
    const drawn = drawChart(place.current, (leftOf) => {
      lefts.value = new Map(marks.current.map(({ id, seconds }) => [id, leftOf(seconds)]));
    });
    plot.current = drawn;
    return () => drawn.destroy();
  }, [lefts]);
  useEffect(() => plot.current?.show(props.data), [props.data, props.marks]);
  return (
    <div class="plot">
      <div ref={place} aria-hidden="true" />
      {props.marks.map((mark) => {
        const left = lefts.value.get(mark.id);
        return left === undefined ? undefined : (
          <button
            key={mark.id}
            type="button"
            class={`mark ${mark.kind}`}
            style={{ left: `${left}px` }}
            aria-label={`${clockText(mark.seconds * 1000)} ${mark.text}`}
            title={mark.text}
            onFocus={() => props.onMark(mark)}
            onPointerEnter={() => props.onMark(mark)}
            onClick={() => props.onMark(mark)}
          />
        );
      })}
    </div>
  );
}

function ChartTable({ data }: { readonly data: ChartData }) {
  return (
    <table class="numbers">
      <caption>Requests per second, newest first</caption>
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Load</th>
          <th scope="col">Capacity</th>
          <th scope="col">Forecast</th>
        </tr>
      </thead>
      <tbody>
        {tableRows(data, TABLE_ROWS).map(([seconds, ...values]) => (
          <tr key={seconds}>
            <th scope="row">{clockText(seconds * 1000)}</th>
            {(["load", "capacity", "forecast"] as const).map((name, index) => (
              <td key={name} class="number">
                {numberText(values[index])}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
