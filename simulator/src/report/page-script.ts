/** Tells what happened where the pointer, a finger or the arrow keys are. Without it the charts and the table are still there. */
export const pageScript = `
for (const figure of document.querySelectorAll("figure")) {
  const { startMs, spanSeconds, spans, decisions } = JSON.parse(figure.querySelector("script").textContent);
  const svg = figure.querySelector("svg");
  const cursor = figure.querySelector(".cursor");
  const output = figure.querySelector("output");
  const time = (ms) => new Date(ms).toISOString().replace("T", " ").slice(0, 19);
  let at = -1;
  const show = (index) => {
    at = Math.max(0, Math.min(spans.length - 1, index));
    const [offered, peak, capacity, lost, workers, isScored] = spans[at];
    const [count, told] = decisions[at] ?? [0, []];
    const lines = [
      time(startMs + at * spanSeconds * 1000) + " UTC, " + spanSeconds + " s" + (isScored ? "" : ", not scored"),
      offered + " req/s (at most " + peak + "), capacity " + capacity + ", lost " + lost + " requests, " + workers + " workers paid for",
      ...told.map(([ms, from, to, why]) => time(ms).slice(11) + "  " + from + " \\u2192 " + to + (why ? ": " + why : "")),
    ];
    if (count > told.length) lines.push("and " + (count - told.length) + " more");
    output.textContent = lines.join("\\n");
    cursor.setAttribute("x1", at + 0.5);
    cursor.setAttribute("x2", at + 0.5);
  };
  const point = (event) => {
    const box = svg.getBoundingClientRect();
    show(Math.floor(((event.clientX - box.left) / box.width) * spans.length));
  };
  svg.addEventListener("pointermove", point);
  svg.addEventListener("pointerdown", point);
  svg.addEventListener("keydown", ({ key }) => {
    if (key === "ArrowLeft") show(at - 1);
    if (key === "ArrowRight") show(at + 1);
  });
}
`;
