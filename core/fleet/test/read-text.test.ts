import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { parseFleetText, readFleetText } from "../src/index.ts";

test("whatever the text is, there is a document or a fault, and nothing is thrown", () => {
  const line = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 30 }),
    fc.constantFrom(
      "name: demo",
      "- a",
      "a: &a [*a]",
      "a: [",
      "---",
      "...",
      "\tb: 1",
      "<<: *x",
      "? a",
      "!!x y",
      "%YAML 9",
    ),
  );
  const text = fc.array(line, { maxLength: 8 }).map((lines) => lines.join("\n"));
  fc.assert(
    fc.property(text, (input) => {
      const reading = readFleetText(input);
      if (reading.ok) expect(typeof reading.document).toBe("object");
      else expect(reading.faults.length).toBeGreaterThan(0);
      expect(parseFleetText(input)).toHaveProperty("ok");
    }),
  );
});

test("a fault of the syntax has its line, one of the content its path", () => {
  expect(parseFleetText("name: demo\nregion: [eu\n")).toMatchObject({ ok: false, faults: [{ path: "line 3" }] });
  expect(parseFleetText("name: 7\nservices: {}\n")).toMatchObject({ ok: false });
  const faults = parseFleetText("name: Demo\ncolour: red\n");
  expect(faults.ok ? [] : faults.faults.map(({ path }) => path)).toEqual(expect.arrayContaining(["name", "colour"]));
});

const WEB = "web: { path: /, port: 80, memory: 64m, capacity: { requestsPerSecond: 5 } }";

test.each([
  [
    "a key that a terminal would obey",
    '"a\\nb\\e[2J\\u202e": 1',
    String.raw`a\u{000a}b\u{001b}[2J\u{202e}: unknown key`,
  ],
  ["a value that a terminal would obey", 'region: "\\x9b31m"', String.raw`(got "\u{009b}31m")`],
  ["a key without end", `${"k".repeat(900)}: 1`, `${"k".repeat(97)}...: unknown key`],
  ["a key of nothing", "~: 1", '"": unknown key'],
  ["a value that contains itself", "region: &a [*a]", "(got something that contains itself)"],
  ["a value that is cut within an emoji", `region: ${"🚀".repeat(40)}`, `(got "${"🚀".repeat(28)}...)`],
  ["a tag that nobody knows", "environment: !foo dev", "line 3: Unresolved tag: !foo"],
  ["a service whose name is lost", `services: { ${WEB}, __proto__: {} }`, "has a key __proto__"],
])("%s is told in one plain line", (_what, line, told) => {
  const parsed = parseFleetText(`name: demo\n${line.startsWith("services") ? "" : `services: { ${WEB} }`}\n${line}\n`);
  const lines = parsed.ok ? [] : parsed.faults.map(({ path, message }) => `${path}: ${message}`);
  expect(lines.join("\n")).toContain(told);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(lines.filter((each) => /[\u0000-\u001f\u007f-\u009f\u202e]/.test(each))).toEqual([]);
});

test("a key that is a list is a fault and no warning of the parser", () => {
  const warn = vi.spyOn(process, "emitWarning");
  expect(parseFleetText(`name: demo\nservices: { ${WEB} }\n? [a, b]\n: c\n`)).toMatchObject({
    faults: [{ path: "[ a, b ]", message: expect.stringContaining("unknown key") }],
  });
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});

test("a file that asks for the YAML of 2005, where yes is true, is refused; today's is not", () => {
  expect(readFleetText("%YAML 1.1\n---\nname: yes\n")).toMatchObject({
    faults: [{ message: expect.stringContaining("remove that line") }],
  });
  expect(readFleetText("%YAML 1.2\n---\nname: yes\n")).toEqual({ ok: true, document: { name: "yes" } });
});
