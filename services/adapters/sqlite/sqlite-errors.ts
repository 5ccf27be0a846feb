/** Results of SQLite that mean more to us than "it did not work". See https://sqlite.org/rescode.html. */
const IO_ERROR = 10;
const CORRUPT = 11;
const NOT_A_DATABASE = 26;
const UNIQUE = 2067;
const PRIMARY_KEY = 1555;

const codeOf = (error: unknown): number => (error as { errcode?: number }).errcode ?? 0;

export const isRepeatedKey = (error: unknown): boolean => [UNIQUE, PRIMARY_KEY].includes(codeOf(error));

/**
 * After a failed write or sync the operating system may have dropped what it could not write and report success next
 * time. Only opening the file again, which checks the log's sums, tells what is there.
 */
export const isFatal = (error: unknown): boolean => {
  const code = codeOf(error) & 0xff;
  return code === 0 || code === IO_ERROR || code === CORRUPT || code === NOT_A_DATABASE;
};

/** A full disk or a held lock refuses what was asked; a disk that fails, or a bug, ends the thread. */
export function attempt<Result>(body: () => Result): Result | Error {
  try {
    return body();
  } catch (error) {
    if (isFatal(error)) throw error;
    return error as Error;
  }
}
