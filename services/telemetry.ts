/** What the platform says about itself: one JSON line per event on standard error. Never content, keys or personal data. */

export type Level = "info" | "warn" | "error";
export type Fields = Readonly<Record<string, string | number | boolean | null>>;

export type Log = (level: Level, message: string, fields?: Fields) => void;

/** @param write takes one line with its newline */
export function makeLog(write: (line: string) => void, now: () => Date = () => new Date()): Log {
  return (level, message, fields = {}) => write(`${JSON.stringify({ time: now().toISOString(), level, message, ...fields })}\n`);
}

/** The part of an error that may be written down: its kind and message, never what it was caused by. */
export const nameOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 500) : "unknown error";
