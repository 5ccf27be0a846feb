import { closeSync, fsyncSync, openSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** The text of a statement in `sql/`. */
export const sql = (name: string): string => readFileSync(new URL(`./sql/${name}.sql`, import.meta.url), "utf8");

export interface DatabaseOptions {
  readonly file: string;
  /** Name of the schema in `sql/`, and the number by which a file says that it holds this kind of data. */
  readonly schema: string;
  readonly applicationId: number;
  readonly pageBytes?: number;
  readonly cacheBytes?: number;
  /** Overwrites with zeros what is deleted. */
  readonly secureDelete?: boolean;
  readonly readOnly?: boolean;
}

const SCHEMA_VERSION = 1;
const SMALL_CACHE = 4 * 1024 * 1024;
/** Only readers and the start after a crash make anybody wait, and neither takes long. */
const BUSY_MS = 2_000;
/** A write-ahead log that grew in a rush is cut back to this once it was copied into the file. */
const LOG_BYTES_KEPT = 64 * 1024 * 1024;

/** Opens a database in which a finished commit survives a power cut, and makes it when there is none. */
export function openDatabase(options: DatabaseOptions): DatabaseSync {
  const { file, readOnly = false, cacheBytes = SMALL_CACHE } = options;
  const db = connect(file, readOnly);
  try {
    if (!readOnly) prepareFile(db, options);
    // Asked for on every connection: the default depends on how SQLite was built.
    db.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA synchronous = FULL; PRAGMA cache_size = -${Math.ceil(cacheBytes / 1024)};`);
    db.exec(`PRAGMA journal_size_limit = ${LOG_BYTES_KEPT}; PRAGMA recursive_triggers = ON;`);
    if (options.secureDelete) db.exec("PRAGMA secure_delete = ON;");
    assertPragma(db, "synchronous", 2, file);
    if (!readOnly) createSchema(db, options);
    assertPragma(db, "application_id", options.applicationId, file);
    assertPragma(db, "user_version", SCHEMA_VERSION, file);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function connect(file: string, readOnly: boolean): DatabaseSync {
  try {
    // Made by us for its mode, which SQLite passes on to the files beside it: nobody else on the machine reads them.
    if (!readOnly) closeSync(openSync(file, "a", 0o600));
    return new DatabaseSync(file, { readOnly });
  } catch (cause) {
    throw new Error(`cannot open ${file}: does its folder exist, and may this user read and write it?`, { cause });
  }
}

function prepareFile(db: DatabaseSync, { file, pageBytes = 4096 }: DatabaseOptions): void {
  db.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA page_size = ${pageBytes};`);
  const mode = db.prepare("PRAGMA journal_mode = WAL").get()?.["journal_mode"];
  if (mode !== "wal") throw new Error(`${file} cannot be kept with a write-ahead log; is it on a network file system?`);
}

function createSchema(db: DatabaseSync, { file, schema, applicationId }: DatabaseOptions): void {
  if (pragma(db, "user_version") !== 0 || pragma(db, "application_id") !== 0) return;
  if (db.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get()) return;
  db.exec(`BEGIN IMMEDIATE; ${sql(schema)} PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT;`);
  syncFolder(dirname(file));
}

/** Without this a power cut may lose the new file's name, and with it everything in the file. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

const pragma = (db: DatabaseSync, name: string): unknown => Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];

function assertPragma(db: DatabaseSync, name: string, expected: number, file: string): void {
  const found = pragma(db, name);
  if (found === expected) return;
  throw new Error(`${file} is not a database of this kind and version (${name} is ${String(found)}, not ${expected}); choose another file`);
}
