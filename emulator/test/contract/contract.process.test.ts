import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "@compose-fleet/process";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startFront } from "../front-under-test.ts";
import { type SdkClients, sdkClients } from "../sdk-under-test.ts";
import { hasMoto, startMoto } from "./moto-under-test.ts";
import type { ContractRow } from "./row.ts";
import { CONTRACT } from "./rows.ts";

/** What came back, an error by its name. */
async function outcomeOf(row: ContractRow, sdk: SdkClients): Promise<unknown> {
  try {
    return await row.ask(sdk);
  } catch (error) {
    return { error: error instanceof Error ? error.name : String(error) };
  }
}

describe("the emulator answers as AWS does", () => {
  let front: Awaited<ReturnType<typeof startFront>>;
  let sdk: SdkClients;
  beforeAll(async () => {
    front = await startFront(systemClock);
    sdk = sdkClients(front.endpoint, front.accessKeyId);
    await vi.waitFor(() => expect(front.workers.group().instances[0]?.state).toBe("in-service"), 15_000);
  });
  afterAll(async () => {
    sdk.destroy();
    await front.close();
  });
  test.each(CONTRACT)("$rule", async (row) => {
    expect(await outcomeOf(row, sdk)).toMatchObject(row.answer);
  });
});

const moto = hasMoto();
if (!moto)
  process.stderr.write(
    "\nSKIPPED: `moto_server --help` does not work here, so the contract is not checked against it\n\n",
  );

describe.skipIf(!moto)("moto answers as AWS does, but where it is said to differ", () => {
  let running: Awaited<ReturnType<typeof startMoto>>;
  beforeAll(async () => {
    running = await startMoto();
  }, 120_000);
  afterAll(() => running?.close());
  test.each(CONTRACT)("$rule", { timeout: 30_000 }, async (row) => {
    const outcome = await outcomeOf(row, running.sdk);
    if (row.moto === undefined) expect(outcome).toMatchObject(row.answer);
    else expect(outcome, "moto does as AWS now: strike the difference out").not.toMatchObject(row.answer);
  });
});

test("every difference is in docs/emulator.md, with its reason", async () => {
  const text = await readFile(join(import.meta.dirname, "../../../docs/emulator.md"), "utf8");
  // The formatter pads the columns.
  const page = text.replace(/ +/g, " ");
  for (const { rule, moto: difference } of CONTRACT)
    if (difference !== undefined) expect(page).toContain(`| ${rule} | ${difference} |`);
});
