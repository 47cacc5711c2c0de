import { expect, test } from "vitest";
import { obtainConsent } from "./consent.ts";
import { SetupError } from "./setup-error.ts";

const change = { found: "X is missing.", would: "install x", commands: ["sudo apt-get install x"] };
const yes = async () => true;
const no = async () => false;

test.each([
  ["root without a terminal goes ahead", { isRoot: true }, true, "goes"],
  ["root at a terminal who says yes goes ahead", { isRoot: true, ask: yes }, true, "goes"],
  ["root at a terminal who says no is refused", { isRoot: true, ask: no }, true, "refused"],
  ["others cannot do what needs root, and are not asked", { isRoot: false, ask: yes }, true, "refused"],
  ["others may say yes to what does not need root", { isRoot: false, ask: yes }, false, "goes"],
  ["others without a terminal are refused also then", { isRoot: false }, false, "refused"],
])("%s", async (_, who, needsRoot, outcome) => {
  const said: string[] = [];
  const consent = obtainConsent({ ...change, needsRoot }, { ...who, say: (text) => said.push(text) });
  if (outcome === "goes") {
    await consent;
    expect(said.join("")).toBe("ask" in who ? "" : "X is missing. As root without a terminal, going ahead: install x.");
  } else {
    const error = await consent.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(SetupError);
    expect(error).toMatchObject({ exitCode: 2 });
    expect(String(error)).toContain("sudo apt-get install x");
  }
});
