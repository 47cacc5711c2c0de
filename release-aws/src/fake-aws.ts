/** Answers SDK commands by their class's name; records them. An answer may be a value, an error to throw, or a function of the input. */
export function createFakeAws(answers: Record<string, unknown>) {
  const calls: { readonly name: string; readonly input: Record<string, unknown> }[] = [];
  const send = async (command: { input: object }): Promise<unknown> => {
    const name = command.constructor.name.replace(/Command$/, "");
    const input = command.input as Record<string, unknown>;
    calls.push({ name, input });
    if (!(name in answers)) throw new Error(`unexpected call of ${name}`);
    const answer = answers[name];
    const value = typeof answer === "function" ? answer(input) : answer;
    if (value instanceof Error) throw value;
    return value;
  };
  // The SDK's overloads of `send` cannot be written by hand: the fake is as loose as its answers.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  return { calls, client: { send: send as any } };
}

/** An AWS error with a name. */
export function awsError(name: string, message = "refused"): Error {
  return Object.assign(new Error(message), { name });
}
