#!/usr/bin/env node
// The stand-in for AWS's session-manager-plugin: takes the same arguments and prints the same lines, and forwards plain TCP to the address in
// the emulated StreamUrl instead of AWS's data channel.
import { connect, createServer } from "node:net";

// biome-ignore lint/style/noProcessEnv: as in AWS's plugin
const env = process.env;
const [first, , operation, , request] = process.argv.slice(2);
if (first === "--version") {
  process.stdout.write(`${env.STAND_IN_VERSION ?? "1.2.707.0"}\n`);
  process.exit(0);
}
const { SessionId, TokenValue, StreamUrl } = JSON.parse(env[first]);
if (operation !== "StartSession" || TokenValue !== `token-of-${SessionId}`) {
  process.stderr.write("Cannot perform start session: the token is not valid\n");
  process.exit(1);
}
const { Parameters } = JSON.parse(request);
const { hostname, port } = new URL(StreamUrl);
const server = createServer((near) => {
  const far = connect(Number(port), hostname);
  near.pipe(far).pipe(near);
  for (const socket of [near, far]) socket.on("error", () => near.destroy() && far.destroy());
});
server.listen(Number(Parameters.localPortNumber[0]), "127.0.0.1", () => {
  process.stdout.write(`\nStarting session with SessionId: ${SessionId}\n`);
  process.stdout.write(
    `Port ${server.address().port} opened for sessionId ${SessionId}.\nWaiting for connections...\n`,
  );
});
