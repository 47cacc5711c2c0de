import { Command } from "commander";
import { expect, test } from "vitest";
import { placeOf, type TargetOptions, withTargetOptions } from "./target-options.ts";

test.each<[rule: string, options: TargetOptions, typed: (keyof TargetOptions)[], place: string]>([
  ["the local fleet, when nobody says otherwise", {}, [], "local"],
  ["--aws", { aws: true }, [], "aws"],
  ["the variable", { target: "aws" }, [], "aws"],
  ["what is typed wins over the variable", { aws: true, target: "local" }, [], "aws"],
  ["--target local is typed", { target: "local" }, ["target"], "local"],
  ["who names a local fleet means it", { target: "aws", name: "demo" }, [], "local"],
  ["a fleet file of the variable is there for other commands, too", { fleet: "x.yaml" }, [], "local"],
  ["a fleet file that is typed, with AWS", { aws: true, fleet: "x.yaml" }, ["fleet"], "aws"],
])("%s", (_rule, options, typed, place) => {
  expect(placeOf(options, (option) => typed.includes(option))).toBe(place);
});

test.each<[options: TargetOptions]>([
  [{ aws: true, target: "local" }],
  [{ target: "aws", name: "demo" }],
  [{ fleet: "x.yaml" }],
])("%o contradicts itself", (options) => {
  expect(() => placeOf(options, (option) => option in options)).toThrow(/leave .* out/);
});

test("a place that is none is a usage error", () => {
  const command = withTargetOptions(new Command("x"))
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  expect(() => command.parse(["node", "x", "--target", "moon"])).toThrow("Allowed choices are local, aws");
});
