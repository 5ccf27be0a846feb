import { claimFile } from "./claim-file.ts";
import type { PackedPayloads } from "./payload-calls.ts";
import { PayloadFile } from "./payload-file.ts";
import { each, serveThread } from "./serve-thread.ts";
import { attempt } from "./sqlite-errors.ts";

serveThread<{ file: string }>(({ file }) => {
  using opening = new DisposableStack();
  opening.use(claimFile(file));
  const payloads = opening.use(new PayloadFile(file));
  const opened = opening.move();
  return {
    answers: {
      put: (calls: readonly PackedPayloads[]) => payloads.put(calls),
      get: each((id: string) => attempt(() => payloads.get(id))),
      getMany: each((ids: readonly string[]) => attempt(() => payloads.getMany(ids))),
      delete: (calls: readonly (readonly string[])[]) => payloads.delete(calls),
      status: each(() => attempt(() => payloads.status())),
    },
    [Symbol.dispose]: () => opened.dispose(),
  };
});
