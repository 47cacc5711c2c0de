import { expect, test } from "vitest";
import { createWhClient } from "./wh-client.ts";

test("what goes wrong is a sentence for the command line", async () => {
  const client = createWhClient({ wh: "http://127.0.0.1:9", whStandby: "http://127.0.0.1:9" }, "t");
  await expect(client.status()).rejects.toMatchObject({
    name: "CliError",
    message: expect.stringContaining("does not answer at http://127.0.0.1:9"),
  });
});
