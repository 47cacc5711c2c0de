import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { run } from "./docker.ts";

/** The group that the secrets belong to: production's where we may give files away, else our own. */
export const SECRETS_GROUP = process.getuid?.() === 0 ? 7653 : (process.getgid?.() ?? 0);

/** bcrypt of "worker-test-password" and "wh-test-password". */
const WEB_CONFIG = `basic_auth_users:
  worker: $2b$05$.Uha3rixHtWTebpdniPoruYo4YLvEJum8xURm0Fx6O.lpJEBlTGpG
  wh: $2b$05$F1q50ibdSVYYS7RVHBeqUu5CcsiE8FqZYbL4gPYglz5cYJfGlkrWi
`;
const SECRETS = {
  "web.yml": WEB_CONFIG,
  prometheus_password: "wh-test-password",
  worker_password: "worker-test-password",
  alerts_token: "alerts-test-token",
  api_token: "api-test-token",
  telegram_token: "",
  slack_webhook_url: "",
  webhook_secret: "",
  repository_token: "",
};

/** As README.md asks: the folder for its owner, the files for the group that the containers are in. */
export async function writeSecrets(folder: string) {
  const made = await run("mkdir", ["-m", "0700", folder]);
  if (made.code !== 0) throw new Error(made.output);
  for (const [name, value] of Object.entries(SECRETS)) {
    writeFileSync(path.join(folder, name), value);
    chmodSync(path.join(folder, name), 0o640);
    const given = await run("chgrp", [String(SECRETS_GROUP), path.join(folder, name)]);
    if (given.code !== 0) throw new Error(given.output);
  }
}
