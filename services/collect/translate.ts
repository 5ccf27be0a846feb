import type { Translation } from "./draft.ts";
import type { Attributes, MetricPoint, OtlpBatch, Scope } from "./otlp/model.ts";
import type { Findings, VendorTranslator } from "./vendor.ts";
import { Gathering } from "./vendors/findings.ts";
import { translatorOf } from "./vendors/registry.ts";

/**
 * Turns decoded records into drafts. Every record is read by the one translator that knows its sender. Pure, and it never
 * throws: a record that breaks its translator is refused, its neighbours are not affected.
 */
export function translate(batch: OtlpBatch): Translation {
  const gathering = new Gathering();
  const guard = new Guard(gathering);
  switch (batch.signal) {
    case "logs":
      for (const record of batch.records) {
        guard.run(record, (vendor, found) =>
          vendor.log ? vendor.log(record, found, batch.records) : found.ignore(`${vendor.vendor} log`),
        );
      }
      break;
    case "traces":
      for (const span of batch.records) {
        guard.run(span, (vendor, found) => (vendor.span ? vendor.span(span, found, batch.records) : found.ignore(`${vendor.vendor} span`)));
      }
      break;
    case "metrics":
      for (const points of byVendor(batch.records)) {
        guard.runAll(points, (vendor, found) => (vendor.points ? vendor.points(points, found) : found.ignore(`${vendor.vendor} metric`)));
      }
  }
  return gathering.translation();
}

interface Origin {
  readonly resource: Attributes;
  readonly scope: Scope;
}

type Read = (vendor: VendorTranslator, found: Findings) => void;

class Guard {
  readonly #gathering: Gathering;
  readonly #found = new Map<string, Findings>();

  constructor(gathering: Gathering) {
    this.#gathering = gathering;
  }

  run(record: Origin, read: Read): void {
    this.runAll([record], read);
  }

  runAll(records: readonly Origin[], read: Read): void {
    const [first] = records;
    if (!first) return;
    const vendor = translatorOf(first.resource, first.scope);
    try {
      read(vendor, this.#findings(vendor.vendor));
    } catch {
      // Nothing of the failure is passed on: its message may quote what the record says.
      const reason = `the translator for ${vendor.vendor} cannot read this record; upgrade the platform, then release the entry`;
      for (const record of records) this.#gathering.refuse(reason, "", record);
    }
  }

  #findings(vendor: string): Findings {
    let found = this.#found.get(vendor);
    if (!found) this.#found.set(vendor, (found = this.#gathering.of(vendor)));
    return found;
  }
}

/** Usage of one call is spread over several points of a body, so a translator sees all of its points at once. */
function byVendor(points: readonly MetricPoint[]): Iterable<MetricPoint[]> {
  const groups = new Map<VendorTranslator, MetricPoint[]>();
  for (const point of points) {
    const vendor = translatorOf(point.resource, point.scope);
    const group = groups.get(vendor);
    if (group) group.push(point);
    else groups.set(vendor, [point]);
  }
  return groups.values();
}
