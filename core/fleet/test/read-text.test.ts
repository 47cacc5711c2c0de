import fc from "fast-check";
import { expect, test } from "vitest";
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
