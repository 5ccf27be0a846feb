import { claimFile } from "./claim-file.ts";
import { KeyFile } from "./key-file.ts";
import { each, serveThread } from "./serve-thread.ts";
import { attempt } from "./sqlite-errors.ts";

serveThread<{ file: string; masterKeyFile: string }>(({ file, masterKeyFile }) => {
  using opening = new DisposableStack();
  opening.use(claimFile(file));
  const keys = opening.use(new KeyFile(file, masterKeyFile));
  const opened = opening.move();
  return {
    answers: {
      keyFor: (scopes: readonly string[]) => keys.keyFor(scopes),
      open: each((id: string) => attempt(() => keys.open(id))),
      destroy: (calls: readonly (readonly string[])[]) => keys.destroy(calls),
    },
    [Symbol.dispose]: () => opened.dispose(),
  };
});
