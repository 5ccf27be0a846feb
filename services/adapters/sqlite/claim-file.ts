import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

/**
 * Makes this process the only writer of a file for as long as the claim is open. Two writers would each be safe for the
 * database, but the second would work on numbers that the first has moved on from.
 *
 * The claim is a write transaction on a tiny database beside the file: the operating system ends it with the process,
 * however that dies, and until then others can still read in it who holds it.
 */
export function claimFile(file: string): Disposable {
  mkdirSync(dirname(file), { recursive: true });
  const claim = new DatabaseSync(`${file}.lock`);
  try {
    claim.exec("PRAGMA journal_mode = DELETE; CREATE TABLE IF NOT EXISTS holder (pid INTEGER NOT NULL) STRICT;");
    claim.exec(`BEGIN IMMEDIATE; DELETE FROM holder; INSERT INTO holder VALUES (${process.pid}); COMMIT; BEGIN IMMEDIATE;`);
  } catch (cause) {
    const pid = holderOf(claim);
    claim.close();
    throw new Error(
      `${file} is open for writing in ${pid ? `process ${pid}` : "another process"}: stop that first, or choose another file`,
      {
        cause,
      },
    );
  }
  return { [Symbol.dispose]: () => claim.close() };
}

function holderOf(claim: DatabaseSync): unknown {
  try {
    return claim.prepare("SELECT pid FROM holder").get()?.["pid"];
  } catch {
    return undefined;
  }
}
