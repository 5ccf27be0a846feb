import { claimFile } from "./claim-file.ts";
import type { KeyCalls, PackedTexts } from "./key-calls.ts";
import { KeyFile } from "./key-file.ts";
import { each, serveThread, Transferred } from "./serve-thread.ts";
import { attempt } from "./sqlite-errors.ts";

serveThread<{ file: string; masterKeyFile: string }>(({ file, masterKeyFile }) => {
  using opening = new DisposableStack();
  opening.use(claimFile(file));
  const keys = opening.use(new KeyFile(file, masterKeyFile));
  const opened = opening.move();
  return {
    answers: {
      seal: (calls: readonly PackedTexts[]) =>
        keys.seal(calls).map((sealed) => (sealed instanceof Error ? sealed : new Transferred(sealed, [sealed.data.buffer]))),
      unseal: each(({ keyId, associated, bytes }: KeyCalls["unseal"][0]) => attempt(() => keys.unseal(keyId, associated, bytes))),
      unsealMany: each((items: KeyCalls["unsealMany"][0]) => attempt(() => keys.unsealMany(items))),
      destroy: (calls: readonly (readonly string[])[]) => keys.destroy(calls),
    },
    [Symbol.dispose]: () => opened.dispose(),
  };
});
