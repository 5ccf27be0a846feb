/** One column of an export. `text` may hold anything that somebody typed; numbers are ours. */
export interface Column<Row> {
  readonly name: string;
  readonly kind: "text" | "number";
  readonly of: (row: Row) => string | number | null | undefined;
}

/**
 * RFC 4180. A text that a spreadsheet would run as a formula gets an apostrophe in front, because a team or a branch may
 * be named by anybody.
 */
export function csvLines<Row>(columns: readonly Column<Row>[], rows: Iterable<Row>): string {
  let lines = "";
  for (const row of rows) lines += `${columns.map((column) => cell(column, row)).join(",")}\r\n`;
  return lines;
}

const csvHeader = <Row>(columns: readonly Column<Row>[]): string => `${columns.map(({ name }) => name).join(",")}\r\n`;

function cell<Row>({ kind, of }: Column<Row>, row: Row): string {
  const value = of(row);
  if (value === null || value === undefined) return "";
  const text = String(value);
  if (kind === "number") return text;
  const harmless = /^[\t\r\n ]*[=+\-@|%\uff0b\uff0d\uff1d\uff20]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** A whole list as a file, read page by page while it is being sent. */
export function csvStream<Row>(
  columns: readonly Column<Row>[],
  pages: AsyncIterable<readonly Row[]>,
  filename: string,
  failed: (error: unknown) => void,
): Response {
  const iterator = pages[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(csvHeader(columns))),
    async pull(controller) {
      try {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(csvLines(columns, value)));
      } catch (error) {
        failed(error);
        // The transfer breaks off, so that half a list is never taken for the whole.
        controller.error(new Error("the export could not be completed"));
      }
    },
    cancel: async () => void (await iterator.return?.()),
  });
  return new Response(body, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="${filename}"`,
      "cache-control": "no-store",
    },
  });
}
