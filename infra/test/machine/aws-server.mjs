// Stands for what a new instance finds on AWS: the metadata service (version 2 only) on port 80, and AWS's installers by
// TLS on port 443. Plain JavaScript: it runs in a container, in the network of the machine under test.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";

const FOLDER = "/aws";
const TOKEN = "a-session-token";
const METADATA = {
  "/latest/meta-data/instance-id": "i-0123456789abcdef0",
  "/latest/meta-data/placement/availability-zone": "eu-central-1b",
  "/latest/meta-data/instance-life-cycle": "spot",
  "/latest/meta-data/local-ipv4": "172.16.1.10",
  "/latest/dynamic/instance-identity/document": '{\n  "accountId" : "123456789012",\n  "region" : "eu-central-1"\n}',
};
const INSTALLERS = [
  [/^awscli\.amazonaws\.com\/awscli-exe-linux-(x86_64|aarch64)\.zip$/, "aws.zip"],
  [
    /^s3\.eu-central-1\.amazonaws\.com\/amazon-ssm-eu-central-1\/latest\/debian_(amd64|arm64)\/amazon-ssm-agent\.deb$/,
    "amazon-ssm-agent.deb",
  ],
  [
    /^amazoncloudwatch-agent-eu-central-1\.s3\.eu-central-1\.amazonaws\.com\/ubuntu\/(amd64|arm64)\/latest\/amazon-cloudwatch-agent\.deb$/,
    "amazon-cloudwatch-agent.deb",
  ],
  [/^aws-codedeploy-eu-central-1\.s3\.eu-central-1\.amazonaws\.com\/latest\/install$/, "codedeploy-install"],
  [/^aws-codedeploy-eu-central-1\.s3\.eu-central-1\.amazonaws\.com\/latestv2\/install$/, "codedeploy-install-v2"],
];

createServer((request, response) => {
  if (request.method === "PUT" && request.url === "/latest/api/token") {
    const ttl = request.headers["x-aws-ec2-metadata-token-ttl-seconds"];
    return response.writeHead(ttl ? 200 : 400).end(ttl ? TOKEN : "");
  }
  if (request.headers["x-aws-ec2-metadata-token"] !== TOKEN) return response.writeHead(401).end();
  const value = METADATA[request.url];
  response.writeHead(value === undefined ? 404 : 200).end(value);
}).listen(80);

// The first download of each kind fails, as the internet does.
const failed = new Set();
createTlsServer(
  { key: readFileSync(`${FOLDER}/server.key`), cert: readFileSync(`${FOLDER}/server.crt`) },
  (request, response) => {
    const file = INSTALLERS.find(([pattern]) => pattern.test(`${request.headers.host}${request.url}`))?.[1];
    if (file !== undefined && !failed.has(file)) {
      failed.add(file);
      return response.writeHead(503).end();
    }
    // S3 forbids, where somebody may not list, what is not there.
    const isThere = file !== undefined && existsSync(`${FOLDER}/${file}`);
    response.writeHead(isThere ? 200 : 403).end(isThere ? readFileSync(`${FOLDER}/${file}`) : undefined);
  },
).listen(443, () => process.stdout.write("listening\n"));

// What a scaler that leads, and workers by way of Prometheus, export: a quarter of the requests fails.
const startedAtMs = Date.now();
createServer((_request, response) => {
  const seconds = (Date.now() - startedAtMs) / 1000;
  const requests = (status, rate) => `fleet_http_requests_total{service="web",status="${status}"} ${seconds * rate}\n`;
  response.setHeader("content-type", "text/plain").end(`wh_leader 1\n${requests(200, 6)}${requests(500, 2)}`);
}).listen(8090);
