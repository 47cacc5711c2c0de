import { Command } from "commander";
import { expect, test } from "vitest";
import { placeOf, type TargetOptions, withTargetOptions } from "./target-options.ts";

test.each<[rule: string, options: TargetOptions, isTyped: boolean, place: string]>([
  ["the local fleet, when nobody says otherwise", {}, false, "local"],
  ["--aws", { aws: true }, false, "aws"],
  ["the variable", { target: "aws" }, false, "aws"],
  ["what is typed wins over the variable", { aws: true, target: "local" }, false, "aws"],
  ["--target local is typed", { target: "local" }, true, "local"],
  ["who names a local fleet means it", { target: "aws", name: "demo" }, false, "local"],
])("%s", (_rule, options, isTyped, place) => {
  expect(placeOf(options, isTyped)).toBe(place);
});

test.each<[options: TargetOptions]>([[{ aws: true, target: "local" }], [{ target: "aws", name: "demo" }]])(
  "%o contradicts itself",
  (options) => {
    expect(() => placeOf(options, true)).toThrow("leave one out");
  },
);

test("a place that is none is a usage error", () => {
  const command = withTargetOptions(new Command("x"))
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  expect(() => command.parse(["node", "x", "--target", "moon"])).toThrow("Allowed choices are local, aws");
});
