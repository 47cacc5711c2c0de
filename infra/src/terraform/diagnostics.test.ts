import { expect, test } from "vitest";
import { diagnosticsOf, validationDiagnostics } from "./diagnostics.ts";

const warning = { severity: "warning", summary: "Argument is deprecated", detail: "Use another", address: "aws_vpc.a" };

test("warnings and errors of a log are found between its other lines", () => {
  const log = [
    '{"@level":"info","type":"version","terraform":"1.11.4"}',
    JSON.stringify({
      "@level": "warn",
      type: "diagnostic",
      diagnostic: { ...warning, range: { filename: "cdk.tf.json" } },
    }),
    "Releasing state lock. This may take a few moments...",
    "",
  ].join("\n");
  expect(diagnosticsOf(log)).toEqual([warning]);
});

test("those of validate are in one object", () => {
  expect(validationDiagnostics(JSON.stringify({ valid: true, diagnostics: [warning] }))).toEqual([warning]);
});

test("what validate never prints is no success", () => {
  expect(() => validationDiagnostics("Killed")).toThrow();
});
