/** One part of `npm test`: a program, and whether it leaves a `TestOutcome`. */
export interface Stage {
  readonly title: string;
  /** A script of a package, run by this process's own Node. */
  readonly args: readonly string[];
  readonly hasTests: boolean;
  /** Whether it has the processor only when nobody else wants it. */
  readonly yields: boolean;
}

const checker = (title: string, ...args: readonly string[]): Stage => ({
  title,
  args,
  hasTests: false,
  yields: false,
});
const vitest = (title: string, ...projects: readonly string[]): Stage => ({
  title,
  args: [
    ...["node_modules/vitest/vitest.mjs", "run", "--reporter=default", "--reporter=./test/run/outcome-reporter.ts"],
    ...projects.flatMap((project) => ["--project", project]),
  ],
  hasTests: true,
  yields: false,
});

/**
 * Everything that `npm test` runs, in order; what is in one row runs beside each other. The first of a row has the terminal, which set-up
 * may need to ask: what the others say is told when it has ended. Set-up is before the first that needs a program it brings.
 */
export const stages: readonly (readonly Stage[])[] = [
  [
    checker("set-up: programs, Docker and images", "cli/bin/fleet.mjs", "setup", "--all"),
    checker("format and lint (biome)", "node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."),
    checker("types (tsc)", "node_modules/typescript/bin/tsc", "--noEmit"),
    checker(
      "types of the console, with a browser's (tsc)",
      "node_modules/typescript/bin/tsc",
      "--noEmit",
      "-p",
      "console",
    ),
    checker("unused code (knip)", "node_modules/knip/bin/knip.js"),
  ],
  // Fleets under load mostly wait. Whatever starts no container has that time, and yields.
  [
    vitest("tests under load", "alone"),
    { ...vitest("tests without containers", "unit", "histories", "programs"), yields: true },
  ],
  [vitest("tests with containers", "containers")],
];
