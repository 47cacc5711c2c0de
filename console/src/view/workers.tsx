import type { LookAnswer } from "@compose-fleet/wh-api";
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { durationText, numberText, shareText } from "../model/format.ts";
import { type CellGroup, cellGroups, heatOf, type WorkerRow, windowOf, workerRows } from "../model/worker-rows.ts";

const ROW_HEIGHT = 36;
/** Below it all rows are drawn, and may be as high as they like. */
const FEW = 60;
const WINDOW_HEIGHT = 560;

/** A row a worker, a cell a replica. Of a long list only what is in sight is drawn. */
export function Workers({ look, nowMs }: { readonly look: LookAnswer; readonly nowMs: number }) {
  const scrollTop = useSignal(0);
  const rows = useMemo(() => workerRows(look), [look]);
  const isLong = rows.length > FEW;
  const { from, to } = isLong
    ? windowOf(rows.length, { scrollTop: scrollTop.value, height: WINDOW_HEIGHT, rowHeight: ROW_HEIGHT })
    : { from: 0, to: rows.length };
  return (
    <section class="card" aria-labelledby="workers">
      <h2 id="workers">
        Workers <small>{rows.length}</small>
      </h2>
      <Legend />
      {rows.length === 0 && <p class="waits">No worker is known.</p>}
      {rows.length > 0 && (
        <section
          class={isLong ? "rows long" : "rows"}
          aria-label="Workers and their replicas"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
          tabIndex={0}
          onScroll={(event) => {
            scrollTop.value = event.currentTarget.scrollTop;
          }}
        >
          <table class="workers" aria-rowcount={rows.length + 1}>
            <thead>
              <tr>
                <th scope="col">Worker</th>
                <th scope="col">State</th>
                <th scope="col" class="number">
                  CPU
                </th>
                <th scope="col" class="number">
                  req/s
                </th>
                <th scope="col">Replicas</th>
              </tr>
            </thead>
            <tbody>
              {from > 0 && <Space rows={from} />}
              {rows.slice(from, to).map((row, index) => (
                <Row
                  key={row.id}
                  row={row}
                  groups={cellGroups(row, look.capacities)}
                  index={from + index}
                  nowMs={nowMs}
                />
              ))}
              {to < rows.length && <Space rows={rows.length - to} />}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}

function Space({ rows }: { readonly rows: number }) {
  return (
    <tr style={{ height: `${rows * ROW_HEIGHT}px` }}>
      <td colSpan={5} />
    </tr>
  );
}

function Row(props: {
  readonly row: WorkerRow;
  readonly groups: readonly CellGroup[];
  readonly index: number;
  readonly nowMs: number;
}) {
  const { groups, index, nowMs, row } = props;
  const { cpuRatio, id, launchedAtMs, lifecycle, requestsPerSecond, state, zone } = row;
  return (
    <tr aria-rowindex={index + 2} data-worker={id}>
      <th scope="row">
        <span class="id">{id}</span> <small>{zone}</small>
      </th>
      <td>
        <span class={`state ${state}`} title={lifecycle ?? undefined}>
          {state}
        </span>
        {state === "booting" && <small> {durationText(nowMs - launchedAtMs)}</small>}
      </td>
      <td class="number">{shareText(cpuRatio)}</td>
      <td class="number">{numberText(requestsPerSecond)}</td>
      <td>
        <div class="groups">
          {groups.map((group) => (
            <Cells key={group.service} group={group} isNamed={groups.length > 1} />
          ))}
        </div>
      </td>
    </tr>
  );
}

function Cells({ group, isNamed }: { readonly group: CellGroup; readonly isNamed: boolean }) {
  return (
    <span class="cells" role="img" aria-label={group.text} title={group.text}>
      {isNamed && <small>{group.service}</small>}
      {group.cells.map(({ kind, load }, index) => (
        <i key={index} class={`cell ${kind} heat-${heatOf(load) ?? "none"}`} />
      ))}
    </span>
  );
}

function Legend() {
  return (
    <p class="legend">
      {([0, 1, 2, 3, 4] as const).map((heat) => (
        <i key={heat} class={`cell ready heat-${heat}`} />
      ))}{" "}
      idle to full <i class="cell missing" /> starting or unhealthy <i class="cell surplus heat-none" /> more than
      wanted
    </p>
  );
}
