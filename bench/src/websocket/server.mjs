// The service of `npm run bench:websocket`: answers every request, holds every WebSocket, and tells its clients to leave (1001) when it has to go.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { hostname } from "node:os";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const GOING_AWAY = 1001;
/** nginx ends a WebSocket on which nothing comes for 60 s. */
const PING_EVERY_MS = 20_000;
const PATIENCE_MS = 15_000;
const open = new Set();

/** A frame of a server, whose payload is short. */
const frame = (opcode, payload) => Buffer.concat([Buffer.from([0x80 | opcode, payload.length]), payload]);
const closing = Buffer.alloc(2);
closing.writeUInt16BE(GOING_AWAY);

const server = createServer((_request, response) => response.end("ok\n"));
server.on("upgrade", (request, socket) => {
  const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}${GUID}`).digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  socket.write(frame(1, Buffer.from(hostname())));
  open.add(socket);
  socket.on("close", () => open.delete(socket));
  socket.on("error", () => {});
  // Clients send pongs and their goodbye; a masked close begins with this byte.
  socket.on("data", (data) => {
    if (data[0] === 0x88) socket.end(frame(8, closing));
  });
});
setInterval(() => {
  for (const socket of open) socket.write(frame(9, Buffer.alloc(0)));
}, PING_EVERY_MS).unref();
process.on("SIGTERM", () => {
  for (const socket of open) socket.write(frame(8, closing));
  server.close();
  setTimeout(() => process.exit(0), PATIENCE_MS).unref();
});
// The port of fleet.release.yaml, unless a test names another.
server.listen(Number(process.argv[2] ?? 3000));
