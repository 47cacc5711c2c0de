// Receiver of the usual set-up, for the benchmark only: prints each notification as one line.
import { createServer } from "node:http";

createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  if (request.method === "POST") process.stdout.write(`${JSON.stringify(JSON.parse(body))}\n`);
  response.end();
}).listen(Number(process.argv[2]));
process.on("SIGTERM", () => process.exit(0));
