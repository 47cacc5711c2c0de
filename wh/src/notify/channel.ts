/** A way to reach people. May be sent the same text twice after a failure. Throws a sentence without addresses or tokens. */
export interface Channel {
  readonly name: string;
  send(text: string): Promise<void>;
}
