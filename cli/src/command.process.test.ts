import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const fleet = `${process.execPath} cli/bin/fleet.mjs`;

test.each([
  ["without HOME, terminal and standard input, in a locale without UTF-8", `${fleet} validate <&-`, 0, /valid\./],
  ["into a reader that goes away", `${fleet} schema | head -1`, 0, /^\{\n$/],
  [
    "in a folder that was removed meanwhile",
    `d=$(mktemp -d) && cd $d && rmdir $d && ${process.execPath} ${root}/cli/bin/fleet.mjs schema`,
    2,
    /^The folder that this runs in is no longer there: change into another one, then try again\.\n$/,
  ],
  [
    "under load, which a bundle has to load as well",
    `${fleet} local load --target http://127.0.0.1:9/ --for 1s --rate 2 --json`,
    1,
    /"ECONNREFUSED": 2[\s\S]*2 of 2 requests failed\.\n$/,
  ],
  ["into a full disk", `${fleet} schema > /dev/full`, 1, /^Not all of the output could be written: its disk is full/],
] as const)(
  "%s",
  (_how, line, code, said) => {
    const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C", TZ: "xx" };
    const { status, stdout, stderr } = spawnSync("bash", ["--norc", "-o", "pipefail", "-c", line], {
      cwd: root,
      env,
      encoding: "utf8",
    });
    expect(status, stderr).toBe(code);
    expect(`${stdout}${stderr}`).toMatch(said);
  },
  120_000,
);
