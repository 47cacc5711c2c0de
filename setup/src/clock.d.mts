/** What is wrong with a clock that says this (epoch milliseconds); undefined if nothing is. */
export function clockFault(nowMs: number): string | undefined;
