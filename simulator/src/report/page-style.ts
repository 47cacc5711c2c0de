/** How the report looks: one column on a phone, policies beside each other where there is room. */
export const pageStyle = `
:root { color-scheme: light dark; --ink: #1d2430; --soft: #5b6575; --line: #d5dae2; --paper: #fff; --card: #f6f7f9; --demand: #9db8d9; --capacity: #1f5fae; --lost: #c62828; --workers: #8fbf9a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ee; --soft: #9aa4b2; --line: #39414d; --paper: #14181e; --card: #1c222a; --demand: #3f5f86; --capacity: #7fb2f0; --lost: #ff6b6b; --workers: #3f7350; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 80rem; font: 1rem/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper); overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.15rem; margin-top: 2.5rem; } h3 { font-size: 1rem; margin: 0; }
p, figcaption, .legend { color: var(--soft); }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .5rem; border-bottom: 1px solid var(--line); text-align: right; }
th:first-child { text-align: left; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1rem; margin-top: 1rem; }
figure { margin: 0; padding: .75rem; background: var(--card); border: 1px solid var(--line); border-radius: .4rem; min-width: 0; }
svg { display: block; width: 100%; height: 12rem; margin: .5rem 0; touch-action: pan-y; cursor: crosshair; }
output { display: block; min-height: 6.5em; font-size: .85rem; white-space: pre-line; }
.demand { fill: var(--demand); } .workers { fill: var(--workers); }
.peak, .capacity { fill: none; vector-effect: non-scaling-stroke; } .peak { stroke: var(--demand); } .capacity { stroke: var(--capacity); stroke-width: 1.5; }
.lost { fill: var(--lost); fill-opacity: .55; } .decisions { fill: var(--ink); } .unscored { fill: var(--soft); fill-opacity: .15; }
.cursor { stroke: var(--ink); vector-effect: non-scaling-stroke; }
.key { display: inline-block; width: .8em; height: .8em; margin: 0 .25em 0 .75em; vertical-align: -.05em; }
@media (max-width: 60rem) {
  thead { display: none; }
  table, tbody { display: block; }
  tr { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 1rem; padding: .5rem 0; border-bottom: 1px solid var(--line); }
  th:first-child { grid-column: 1 / -1; }
  th, td { border: 0; padding: .1rem 0; }
  td { display: flex; justify-content: space-between; gap: .5rem; }
  td::before { content: attr(data-label); color: var(--soft); }
}
`;
