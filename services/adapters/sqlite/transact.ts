import type { DatabaseSync } from "node:sqlite";

/** Runs something as one durable transaction; when it throws, nothing of it happened. */
export function transact<Result>(db: DatabaseSync, body: () => Result): Result {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = body();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}
