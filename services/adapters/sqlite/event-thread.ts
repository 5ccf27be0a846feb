import { claimFile } from "./claim-file.ts";
import type { EventThreadSettings, PageQuestion, ReaderCalls } from "./event-calls.ts";
import { EventReader } from "./event-reader.ts";
import { EventWriter } from "./event-writer.ts";
import type { PackedAppends } from "./pack-appends.ts";
import type { PackedEvents } from "./pack-events.ts";
import { each, type Service, serveThread, Transferred } from "./serve-thread.ts";
import { attempt } from "./sqlite-errors.ts";

serveThread<EventThreadSettings>(({ file, role }) => (role === "writer" ? serveWriter(file) : serveReader(file)));

function serveWriter(file: string): Service {
  using opening = new DisposableStack();
  opening.use(claimFile(file));
  const writer = opening.use(new EventWriter(file));
  const opened = opening.move();
  return {
    answers: {
      /** All appends that wait share one transaction, and so one wait for the disk. */
      append(calls: readonly PackedAppends[]) {
        const outcomes = writer.append(calls);
        return outcomes instanceof Error ? calls.map(() => outcomes) : outcomes;
      },
    },
    [Symbol.dispose]: () => opened.dispose(),
  };
}

function serveReader(file: string): Service {
  const reader = new EventReader(file);
  return {
    answers: {
      readStream: each((question: ReaderCalls["readStream"][0]) => {
        const events = attempt(() => reader.readStream(question));
        return events instanceof Error ? events : transferred(events);
      }),
      readAll: each((question: PageQuestion) => {
        const page = attempt(() => reader.readAll(question));
        return page instanceof Error ? page : transferred(page.events, page);
      }),
      head: each(() => attempt(() => reader.head())),
      version: each(() => attempt(() => reader.version())),
    },
    [Symbol.dispose]: () => reader[Symbol.dispose](),
  };
}

const transferred = (events: PackedEvents, answer: unknown = events): Transferred =>
  new Transferred(answer, [events.numbers.buffer, events.data.buffer]);
