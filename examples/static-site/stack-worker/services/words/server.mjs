// POST /words with a text tells how many words and characters it has.
//   PORT  8080
import { createServer } from "node:http";
import { hostname } from "node:os";

const server = createServer(async (incoming, outgoing) => {
  if (incoming.url !== "/words") return say(outgoing, 404, "POST /words is all there is");
  if (incoming.method !== "POST") return say(outgoing, 405, "POST a text", { allow: "POST" });
  const parts = [];
  for await (const part of incoming) parts.push(part);
  const text = Buffer.concat(parts).toString("utf8");
  const words = text.match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu)?.length ?? 0;
  const answer = { words, characters: [...text].length, replica: hostname() };
  outgoing.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" });
  outgoing.end(JSON.stringify(answer));
});

function say(outgoing, status, text, headers = {}) {
  outgoing.writeHead(status, { "content-type": "text/plain; charset=utf-8", ...headers }).end(`${text}\n`);
}

server.listen(Number(process.env.PORT ?? 8080), "0.0.0.0");
// nginx sends nothing more by now: answer what is under way, then end.
process.on("SIGTERM", () => server.close());
