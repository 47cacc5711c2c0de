// Stands for wh in the tests of the stack: keeps the notifications it gets, exports thresholds, and a worker's series
// with a given request rate (PUT /rate), so that real rules fire on real samples.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const token = readFileSync("/run/secrets/alerts_token", "utf8").trim();
const notifications = [];
let refused = 0;
let rate = 0;
let requests = 0;
setInterval(() => {
  requests += rate / 10;
}, 100);

const thresholds = { requests_per_replica_high: 49.7, requests_per_replica_low: 40, replicas_min: 1, replicas_max: 10 };
const metrics = () =>
  Object.entries(thresholds)
    .map(([kind, value]) => `fleet_policy_target{kind="${kind}",service="service-a"} ${value}\n`)
    .join("");
const workerMetrics = () =>
  `fleet_http_requests_total{service="service-a",status="200"} ${requests}\n` +
  `nginx_http_requests_total ${requests}\nfleet_replicas_ready{service="service-a"} 1\n`;

createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  const route = `${request.method} ${request.url}`;
  if (route === "POST /alerts") {
    if (request.headers.authorization !== `Bearer ${token}`) {
      refused += 1;
      response.statusCode = 401;
    } else {
      notifications.push(JSON.parse(body));
      response.statusCode = 202;
    }
    response.end();
  } else if (route === "PUT /rate") {
    rate = Number(body);
    response.end();
  } else if (route === "GET /notifications") response.end(JSON.stringify({ notifications, refused }));
  else if (route === "GET /healthz") response.end("ok\n");
  else if (route === "GET /metrics") response.setHeader("content-type", "text/plain").end(metrics());
  else if (route === "GET /worker-metrics") response.setHeader("content-type", "text/plain").end(workerMetrics());
  else {
    response.statusCode = 404;
    response.end();
  }
}).listen(8090);
process.on("SIGTERM", () => process.exit(0));
