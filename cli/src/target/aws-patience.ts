/** How long AWS may take, for clients that send and get little: by themselves they wait without end. Asked thrice, it is half a minute. */
export const awsPatience = {
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
} as const;

/** A client whose questions end with the signal: an answer that nobody waits for any more must not keep a command from ending. */
export function endingWith<T extends object>(
  client: T & { send(command: never, options: { readonly abortSignal: AbortSignal }): unknown },
  signal: AbortSignal,
): T {
  const send = (command: never) => client.send(command, { abortSignal: signal });
  return { send } as unknown as T;
}
