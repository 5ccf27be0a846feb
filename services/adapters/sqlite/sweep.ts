import type { DatabaseSync } from "node:sqlite";
import { attempt } from "./sqlite-errors.ts";
import { transact } from "./transact.ts";

/**
 * Makes what was deleted unreadable in the file. Overwriting with zeros is not enough: when SQLite moves a row to another
 * page, a copy may stay in the unused part of the old one. So the file is written anew from what is left, and the log is
 * emptied. Takes about ten seconds for each gigabyte. Deleting marks it as due in the same transaction, so what a crash
 * or another reader prevented is made up for by the next deletion, or when the file is opened again.
 */
export function sweepIfDue(db: DatabaseSync, file: string): Error | null {
  if (db.prepare("SELECT due FROM sweep").get()?.["due"] !== 1) return null;
  db.exec("VACUUM");
  if (db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get()?.["busy"]) {
    return new Error(`what was deleted is still in ${file}-wal, because another process is reading the file: end that, then delete again`);
  }
  db.exec("UPDATE sweep SET due = 0");
  return null;
}

/** Deletes rows so that no file holds a byte of them afterwards. An `Error` says what is left to do. */
export function removeForGood(db: DatabaseSync, file: string, table: "payloads" | "keys", ids: readonly string[]): Error | null {
  return attempt(() => {
    const remove = db.prepare(`DELETE FROM ${table} WHERE id = ?`);
    transact(db, () => {
      const removed = ids.reduce((sum, id) => sum + Number(remove.run(id).changes), 0);
      if (removed > 0) db.exec("UPDATE sweep SET due = 1");
    });
    return sweepIfDue(db, file);
  });
}
