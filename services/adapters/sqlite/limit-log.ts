import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { isFatal } from "./sqlite-errors.ts";

const LOG_BYTES = 64 * 1024 * 1024;
/** How much it may grow before the next try when readers did not let go in time. */
const RETRY_BYTES = 16 * 1024 * 1024;
const WAIT_FOR_READERS_MS = 250;

/**
 * To be called after a commit. SQLite copies its log into the file every thousand pages, but starts the log over only
 * when no reader is in the middle of it: under constant reading it would grow for ever. Beyond a size we wait for the
 * readers, which takes as long as their longest transaction; one that stays is asked again after some more growth.
 */
export function limitLog(db: DatabaseSync, file: string): () => void {
  let limit = LOG_BYTES;
  return () => {
    const bytes = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    if (bytes < limit) return;
    const timeout = db.prepare("PRAGMA busy_timeout").get()?.["timeout"] as number;
    db.exec(`PRAGMA busy_timeout = ${WAIT_FOR_READERS_MS}`);
    limit = emptyLog(db) ? LOG_BYTES : bytes + RETRY_BYTES;
    db.exec(`PRAGMA busy_timeout = ${timeout}`);
  };
}

/** False when readers hold on to it, or when there is no room to copy it: what was committed is safe in the log then. */
function emptyLog(db: DatabaseSync): boolean {
  try {
    return !db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get()?.["busy"];
  } catch (error) {
    if (isFatal(error)) throw error;
    return false;
  }
}
