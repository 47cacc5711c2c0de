// Stands for an API that knows nothing of CORS: tells what it was asked, after a while.
//   DELAY_MS  how long it thinks, 20
//   PORT      8081
import { createServer } from "node:http";
import { hostname } from "node:os";

const delayMs = Number(process.env.DELAY_MS ?? 20);

const server = createServer(async (incoming, outgoing) => {
  let bytes = 0;
  for await (const part of incoming) bytes += part.length;
  await new Promise((resolve) => setTimeout(resolve, delayMs));
  const answer = { method: incoming.method, path: incoming.url, bytes, replica: hostname() };
  outgoing.writeHead(200, { "content-type": "application/json", connection: "close" }).end(JSON.stringify(answer));
});

server.listen(Number(process.env.PORT ?? 8081), "0.0.0.0");
// From here on connections are refused, so that the proxy takes another replica. What is under way is answered.
process.on("SIGTERM", () => server.close());
