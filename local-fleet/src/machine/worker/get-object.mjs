// What `aws s3 cp s3://BUCKET/KEY FILE` is on an instance.
// Usage: get-object.mjs SOCKET ACCESS_KEY_ID s3://BUCKET/KEY FILE. Plain JavaScript, as get-parameter.mjs.
import { createWriteStream } from "node:fs";
import { request } from "node:http";
import { pipeline } from "node:stream/promises";

const [socketPath, accessKeyId, location, file] = process.argv.slice(2);
const outgoing = request(
  {
    socketPath,
    path: location.replace("s3:/", ""),
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/local/s3/aws4_request, SignedHeaders=host, Signature=0`,
    },
  },
  async (response) => {
    if (response.statusCode === 200) {
      await pipeline(response, createWriteStream(file));
      return;
    }
    response.resume();
    process.stderr.write(
      `fatal error: An error occurred (${response.statusCode}) when calling GetObject: ${location}\n`,
    );
    process.exitCode = 1;
  },
);
outgoing.on("error", (error) => {
  process.stderr.write(`S3 does not answer: ${error.message}\n`);
  process.exitCode = 255;
});
outgoing.end();
