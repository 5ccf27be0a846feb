import type { LineScope } from "../../schemas/line.ts";
import { lineStream } from "../domain/line/scope.ts";
import type { LineBroadcast } from "../ports/line-broadcast.ts";
import type { LineView } from "./line-view.ts";

export interface Teller extends AsyncDisposable {
  /** Tells the runtimes how this line stands now. Nobody waits for it. */
  tell(scope: LineScope): void;
  /** Tells again what could not be told. */
  retry(): void;
}

/** The stop holds in this process as soon as it is stored; telling the runtimes is for those that decide by themselves. */
export function makeTeller(view: LineView, broadcast: LineBroadcast, trouble: (message: string) => void): Teller {
  const untold = new Map<string, LineScope>();
  const underWay = new Set<Promise<void>>();

  const send = async (scope: LineScope): Promise<void> => {
    const last = view.lastBroadcast(scope);
    if (!last) return;
    try {
      await broadcast.send(last.message);
    } catch (error) {
      untold.set(lineStream(scope), scope);
      trouble(`the state of a line could not be broadcast and will be again: ${error instanceof Error ? error.message : "unknown error"}`);
    }
  };
  const tell = (scope: LineScope): void => {
    untold.delete(lineStream(scope));
    const sending = send(scope).finally(() => underWay.delete(sending));
    underWay.add(sending);
  };

  // A process that ended between storing and telling left somebody in the dark: what is not normal is told again.
  for (const { scope } of [...view.disturbed.values()].flat()) untold.set(lineStream(scope), scope);
  return {
    tell,
    retry: () => {
      for (const scope of [...untold.values()]) tell(scope);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(underWay);
    },
  };
}
