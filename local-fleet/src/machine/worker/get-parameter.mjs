// What `aws ssm get-parameter` is on an instance: prints the value of the parameter named by the last argument.
// Usage: get-parameter.mjs SOCKET ACCESS_KEY_ID NAME. Plain JavaScript, because every start of a worker runs it.
import { request } from "node:http";

const [socketPath, accessKeyId, name] = process.argv.slice(2);
const outgoing = request(
  {
    socketPath,
    method: "POST",
    path: "/",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AmazonSSM.GetParameter",
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/local/ssm/aws4_request, SignedHeaders=host, Signature=0`,
    },
  },
  async (response) => {
    response.setEncoding("utf8");
    let body = "";
    for await (const chunk of response) body += chunk;
    const answer = JSON.parse(body);
    if (response.statusCode === 200) {
      process.stdout.write(`${answer.Parameter.Value}\n`);
    } else {
      process.stderr.write(
        `An error occurred (${answer.__type}) when calling the GetParameter operation: ${answer.message}\n`,
      );
      process.exitCode = 254;
    }
  },
);
outgoing.on("error", (error) => {
  process.stderr.write(`Parameter Store does not answer: ${error.message}\n`);
  process.exitCode = 255;
});
outgoing.end(JSON.stringify({ Name: name, WithDecryption: true }));
