import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Row } from "@compose-fleet/simulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const fleet = resolve(import.meta.dirname, "../../bin/fleet.mjs");
const folder = mkdtempSync(join(tmpdir(), "report-"));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Whether a browser runs here; says so loudly where it does not, because its tests are then left out. */
function hasBrowser(): boolean {
  const found = spawnSync("chromium", ["--version"]).status === 0;
  if (!found)
    process.stderr.write("\nSKIPPED: `chromium --version` does not work here, so no browser looks at the report\n\n");
  return found;
}

/** What a browser sees of the report on a screen of 390 px, and where the pointer is on the first decision. */
const LOOK = `<!doctype html><iframe src="report.html" style="width: 390px; height: 800px; border: 0"></iframe><pre></pre><script>
addEventListener("load", () => {
  const page = document.querySelector("iframe").contentDocument;
  const figure = page.querySelector("figure");
  const { spans, decisions } = JSON.parse(figure.querySelector("script").textContent);
  const svg = figure.querySelector("svg");
  const box = svg.getBoundingClientRect();
  const clientX = box.left + (box.width * (Number(Object.keys(decisions)[0]) + 0.5)) / spans.length;
  svg.dispatchEvent(new PointerEvent("pointermove", { clientX }));
  const cells = [...page.querySelectorAll("td[data-key]")].map((cell) => {
    const { trace, policy } = cell.closest("tr").dataset;
    return { trace, policy, key: cell.dataset.key, value: cell.dataset.value, text: cell.textContent };
  });
  const root = page.documentElement;
  const asked = document.querySelector("iframe").contentWindow.performance.getEntriesByType("resource").length;
  const seen = { width: root.clientWidth, needs: root.scrollWidth, cells, told: figure.querySelector("output").textContent, asked };
  document.querySelector("pre").textContent = encodeURIComponent(JSON.stringify(seen));
});
</script>`;

interface Seen {
  readonly width: number;
  readonly needs: number;
  readonly cells: readonly Readonly<Record<"trace" | "policy" | "key" | "value" | "text", string>>[];
  readonly told: string;
  readonly asked: number;
}

describe.skipIf(!hasBrowser())("the report in a browser, on a phone", () => {
  const hostile = `a-very-long-name-without-a-place-to-break-it-${"x".repeat(80)}<b>&"'`;
  let rows: Row[];
  let seen: Seen;

  beforeAll(() => {
    const slots = Array.from({ length: 60 }, (_, slot) => `${60 * slot},${(10 + 9 * Math.sin(slot / 5)).toFixed(3)}`);
    writeFileSync(at(`${hostile}.csv`), ["timestamp,requests_per_second", ...slots, ""].join("\n"));
    const files = ["--trace", at(`${hostile}.csv`), "--json", at("rows.json"), "--html", at("report.html")];
    const made = spawnSync(process.execPath, [fleet, "simulate", ...files, "--policy", "fleet", "hpa"], {
      encoding: "utf8",
    });
    expect(made.status, made.stderr).toBe(0);
    rows = JSON.parse(readFileSync(at("rows.json"), "utf8")) as Row[];
    writeFileSync(at("look.html"), LOOK);
    const looked = spawnSync(
      "chromium",
      [
        "--headless",
        // Chromium's sandbox does not run as root.
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--allow-file-access-from-files",
        `--user-data-dir=${at("profile")}`,
        "--virtual-time-budget=10000",
        "--dump-dom",
        `file://${at("look.html")}`,
      ],
      { encoding: "utf8", timeout: 120_000 },
    );
    const [, text] = /<pre>([^<]+)<\/pre>/.exec(looked.stdout) ?? [];
    expect(text, looked.stderr).toBeDefined();
    seen = JSON.parse(decodeURIComponent(text ?? "")) as Seen;
  }, 180_000);

  test("shows every figure of the JSON", () => {
    const expected = rows.flatMap(({ trace, policy, interpolation: _, ...figures }) =>
      Object.entries(figures).map(([key, value]) => ({ trace, policy, key, value: `${value}` })),
    );
    expect(expected).toHaveLength(20);
    for (const figure of expected) {
      const cell = seen.cells.find(
        ({ trace, policy, key }) => trace === figure.trace && policy === figure.policy && key === figure.key,
      );
      expect(cell?.value).toBe(figure.value);
      const digits = cell?.text.split(".")[1]?.length ?? 0;
      expect(cell?.text).toBe(Number(figure.value).toFixed(digits));
    }
    expect(rows[0]?.trace).toBe(hostile);
  });

  test("does not scroll sideways, and asks for nothing", () => {
    expect(seen.width).toBeGreaterThan(300);
    expect(seen.needs).toBeLessThanOrEqual(seen.width);
    expect(seen.asked).toBe(0);
  });

  test("tells the decisions under the pointer with their reasons", () => {
    expect(seen.told).toMatch(/\d{4}-\d\d-\d\d .* UTC/);
    expect(seen.told).toMatch(/\d → \d: .+/);
  });
});

test("a trace that cannot be used leaves nothing half-written", () => {
  const before = readdirSync(folder);
  writeFileSync(at("ok.csv"), "timestamp,requests_per_second\n0,1\n60,2\n120,-1\n");
  const files = ["--trace", at("ok.csv"), "--json", at("none.json"), "--html", at("none.html")];
  const made = spawnSync(process.execPath, [fleet, "simulate", ...files], { encoding: "utf8" });
  expect(made.status).toBe(1);
  expect(made.stderr).toContain("ok, line 4: got -1 requests per second");
  expect(readdirSync(folder).sort()).toEqual([...before, "ok.csv"].sort());
});
