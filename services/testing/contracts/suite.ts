import assert from "node:assert/strict";
import { describe, test } from "node:test";

/** Tests that one adapter does not run: title and reason. They stay visible in the output. */
export type Skips = Readonly<Record<string, string>>;

/**
 * One suite that every adapter of a port runs. `open` makes what one test works on, fresh and empty, and is disposed of
 * after it. A skip of a test that does not exist fails: a renamed test must not vanish behind an old excuse.
 */
export function suite<Subject extends AsyncDisposable>(
  title: string,
  skips: Skips,
  open: () => Promise<Subject>,
  define: (check: (title: string, body: (subject: Subject) => Promise<void>) => void) => void,
): void {
  describe(title, () => {
    const titles = new Set<string>();
    define((name, body) => {
      titles.add(name);
      const reason = skips[name];
      test(name, reason === undefined ? {} : { skip: reason }, async () => {
        await using subject = await open();
        await body(subject);
      });
    });
    test("every skip names a test of this suite", () => {
      assert.deepEqual(
        Object.keys(skips).filter((skipped) => !titles.has(skipped)),
        [],
      );
      assert.ok(titles.size > 0);
    });
  });
}
