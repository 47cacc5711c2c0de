export function answerLog(path: string): { look(): Promise<ReadonlySet<string>> };
export function answeringIn(text: string): ReadonlySet<string>;
