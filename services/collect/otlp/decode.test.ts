import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import protobuf from "protobufjs";
import { bodiesOf, readBody } from "../../testing/read-capture.ts";
import { decodeOtlp } from "./decode.ts";
import type { OtlpBatch } from "./model.ts";

const json = (body: unknown): Uint8Array => Buffer.from(JSON.stringify(body));
const records = (signal: OtlpBatch["signal"], encoding: "json" | "protobuf", body: Uint8Array) => {
  const decoded = decodeOtlp(signal, encoding, body);
  assert.equal(decoded.kind, "ok");
  return decoded.kind === "ok" ? decoded.batch.records : [];
};
const logs = (...logRecords: unknown[]) => ({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
const log = (attributes: unknown[], rest: object = {}) => ({ timeUnixNano: "1795252571150000000", attributes, ...rest });

test("protobuf bodies of real agents decode to what an independent decoder made of them", () => {
  const bodies = ["claude-code/s1-proto", "copilot-cli/s1-proto"].flatMap(bodiesOf);
  assert.equal(bodies.length, 15);
  for (const path of bodies) {
    const signal = /-(logs|metrics|traces)\./.exec(path)?.[1] as OtlpBatch["signal"];
    const theirs = records(signal, "json", readBody(path.replace(".bin", ".decoded.json")));
    const ours = records(signal, "protobuf", readBody(path));
    assert.deepEqual(ours, theirs, path);
    assert.ok(ours.length > 0);
  }
});

test("JSON is read leniently: numbers as text, null, empty and unknown values, enums by name, base64 ids", () => {
  const [record] = records(
    "logs",
    "json",
    json(
      logs(
        log(
          [
            { key: "text", value: { stringValue: "x" } },
            { key: "int as text", value: { intValue: "8080" } },
            { key: "int", value: { intValue: 7 } },
            { key: "double as text", value: { doubleValue: "1.5" } },
            { key: "flag", value: { boolValue: false } },
            { key: "nothing", value: {} },
            { key: "null", value: null },
            { key: "list", value: { arrayValue: { values: [{ intValue: "1" }, {}] } } },
            { key: "empty list", value: { arrayValue: {} } },
            { key: "map", value: { kvlistValue: { values: [{ key: "a", value: { stringValue: "b" } }] } } },
            { key: "bytes", value: { bytesValue: "AQI=" } },
            { key: "of a later version", value: { someValue: 1 } },
            { key: "__proto__", value: { stringValue: "polluted" } },
            null,
            { value: { stringValue: "no key" } },
          ],
          { body: null, traceId: "q83vEjRWeJCrze8SNFZ4kA==", spanId: "", unknown: { deep: [1] } },
        ),
      ),
    ),
  );
  assert.deepEqual(record, {
    resource: {},
    scope: { name: "", version: "" },
    timeMs: 1_795_252_571_150,
    eventName: "",
    body: null,
    attributes: {
      text: "x",
      "int as text": 8080,
      int: 7,
      "double as text": 1.5,
      flag: false,
      nothing: null,
      null: null,
      list: [1, null],
      "empty list": [],
      map: { a: "b" },
      bytes: "AQI=",
      "of a later version": null,
    },
    traceId: "abcdef1234567890abcdef1234567890",
    spanId: "",
  });
  assert.equal(({} as Record<string, unknown>)["polluted"], undefined);

  const span = { name: "s", kind: "SPAN_KIND_CLIENT", startTimeUnixNano: 1795252571150000000, status: { code: "STATUS_CODE_ERROR" } };
  const [decoded] = records("traces", "json", json({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }));
  assert.ok(decoded && "endMs" in decoded);
  assert.deepEqual([decoded.kind, decoded.status.code, decoded.startMs, decoded.endMs], [3, 2, 1_795_252_571_150, 1_795_252_571_150]);

  const sum = { aggregationTemporality: "AGGREGATION_TEMPORALITY_DELTA", dataPoints: [{ asInt: "42", timeUnixNano: "5" }] };
  const [point] = records("metrics", "json", json({ resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: "m", sum }] }] }] }));
  assert.ok(point && "metric" in point);
  assert.deepEqual([point.temporality, point.value, point.timeNano, point.startNano, point.startMs], ["delta", 42, "5", "0", null]);
});

test("the time of a log record is the first that is not zero", () => {
  const times = [
    { timeUnixNano: "0", observedTimeUnixNano: "1795252571150999999" },
    { timeUnixNano: "1795252571149000000", observedTimeUnixNano: "1795252571150000000" },
    { timeUnixNano: "yesterday" },
    {},
  ];
  const decoded = records("logs", "json", json(logs(...times)));
  assert.deepEqual(
    decoded.map((record) => "timeMs" in record && record.timeMs),
    [1_795_252_571_150, 1_795_252_571_149, null, null],
  );
});

test("one bad record does not reject the batch, and says where it was", () => {
  const decoded = decodeOtlp("logs", "json", json(logs(log([]), "not a record", log([]))));
  assert.ok(decoded.kind === "ok");
  assert.equal(decoded.batch.records.length, 2);
  assert.equal(decoded.rejected, 1);
  assert.equal(decoded.problems[0]?.at, "/resourceLogs/0/scopeLogs/0/logRecords/1");
  assert.equal(Buffer.from(decoded.problems[0]?.bytes ?? []).toString(), '"not a record"');

  const gauge = { dataPoints: [{ asDouble: 1 }, {}, { flags: 1 }] };
  const metrics = decodeOtlp("metrics", "json", json({ resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: "m", gauge }] }] }] }));
  assert.ok(metrics.kind === "ok");
  assert.deepEqual([metrics.batch.records.length, metrics.rejected], [1, 1]);
});

test("a body that is not this signal's OTLP is unreadable with a reason", () => {
  const reasons = [
    decodeOtlp("logs", "json", Buffer.from("{")),
    decodeOtlp("logs", "json", Buffer.from("[]")),
    decodeOtlp("logs", "json", json({ resourceSpans: [] })),
    decodeOtlp("logs", "json", json({ hello: 1 })),
    decodeOtlp("logs", "protobuf", Buffer.from("not protobuf")),
    decodeOtlp("logs", "protobuf", Buffer.from([0x0a, 0x7f])),
  ].map((decoded) => decoded.kind === "unreadable" && decoded.reason);
  assert.ok(
    reasons.every((reason) => typeof reason === "string" && reason.length > 0),
    String(reasons),
  );
  assert.match(String(reasons[2]), /\/v1\/traces/);
  for (const encoding of ["json", "protobuf"] as const) {
    const empty = decodeOtlp("metrics", encoding, encoding === "json" ? json({}) : new Uint8Array());
    assert.ok(empty.kind === "ok" && empty.batch.records.length === 0);
  }
});

test("nesting of 10,000 levels exhausts nothing", () => {
  const open = '{"arrayValue":{"values":['.repeat(10_000);
  const close = "]}}".repeat(10_000);
  const deep = decodeOtlp("logs", "json", Buffer.from(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${open}${close}}]}]}]}`));
  assert.ok(deep.kind === "unreadable");
  assert.match(deep.reason, /64 levels/);

  const nested = nestedList(10_000);
  const flat = field(2, encoder("LogRecord", { timeUnixNano: "1795252571150000000" }));
  const decoded = decodeOtlp("logs", "protobuf", field(1, field(2, Buffer.concat([nested, flat]))));
  assert.ok(decoded.kind === "ok");
  assert.deepEqual([decoded.batch.records.length, decoded.rejected], [1, 1]);
  assert.deepEqual(Buffer.from(decoded.problems[0]?.bytes ?? []).length, nested.length - 1);
});

test("a body cut anywhere, or with any byte changed, never throws", () => {
  const body = readBody("claude-code/s1-proto/003-metrics.bin");
  for (let length = 0; length < body.length; length++) {
    assert.ok(["ok", "unreadable"].includes(decodeOtlp("metrics", "protobuf", body.subarray(0, length)).kind));
  }
  for (let at = 0; at < body.length; at++) {
    const changed = Buffer.from(body);
    changed[at] = (changed[at] ?? 0) ^ 0xff;
    assert.ok(["ok", "unreadable"].includes(decodeOtlp("metrics", "protobuf", changed).kind));
  }
});

test("any bytes and any JSON get an answer", () => {
  const signal = fc.constantFrom("logs", "metrics", "traces");
  fc.assert(
    fc.property(signal, fc.uint8Array({ maxLength: 200 }), (of, bytes) => {
      for (const encoding of ["json", "protobuf"] as const) assert.ok(["ok", "unreadable"].includes(decodeOtlp(of, encoding, bytes).kind));
    }),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(signal, otlpLike, (of, body) => {
      assert.ok(["ok", "unreadable"].includes(decodeOtlp(of, "json", json(body)).kind));
    }),
    { numRuns: 500 },
  );
});

test("both encodings of the same records mean the same", () => {
  fc.assert(
    fc.property(fc.array(anyLog, { maxLength: 5 }), (all) => {
      const body = logs(...all);
      const encoded = encoder("LogsRequest", body);
      assert.deepEqual(records("logs", "protobuf", encoded), records("logs", "json", json(body)));
    }),
    { numRuns: 300 },
  );
});

test("64-bit numbers of every sign and kind come through protobuf", () => {
  const points = [
    {
      asInt: "-5",
      startTimeUnixNano: "1",
      timeUnixNano: "1795252571150000001",
      attributes: [{ key: "n", value: { intValue: "-9007199254740991" } }],
    },
    { asDouble: 0.25, timeUnixNano: "18446744073709551615", flags: 0 },
  ];
  const histogram = { aggregationTemporality: 2, dataPoints: [{ count: "4294967297", sum: 12.5, timeUnixNano: "7000000" }] };
  const body = {
    resourceMetrics: [
      {
        scopeMetrics: [
          {
            metrics: [
              { name: "a", unit: "s", sum: { dataPoints: points, aggregationTemporality: 1 } },
              { name: "b", histogram },
            ],
          },
        ],
      },
    ],
  };
  const ours = records("metrics", "protobuf", encoder("MetricsRequest", body));
  assert.deepEqual(ours, records("metrics", "json", json(body)));
  assert.deepEqual(
    ours.map(
      (point) => "metric" in point && [point.metric, point.unit, point.kind, point.temporality, point.value, point.count, point.timeMs],
    ),
    [
      ["a", "s", "sum", "delta", -5, 1, 1_795_252_571_150],
      ["a", "s", "sum", "delta", 0.25, 1, 18_446_744_073_709],
      ["b", "", "histogram", "cumulative", 12.5, 4_294_967_297, 7],
    ],
  );
});

/** OTLP's messages for the encoder of a library, as an independent source of bytes. */
const schema = protobuf.parse(`syntax = "proto3";
  message AnyValue { oneof value { string stringValue = 1; bool boolValue = 2; int64 intValue = 3; double doubleValue = 4;
    ArrayValue arrayValue = 5; KeyValueList kvlistValue = 6; bytes bytesValue = 7; } }
  message ArrayValue { repeated AnyValue values = 1; }
  message KeyValueList { repeated KeyValue values = 1; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message Resource { repeated KeyValue attributes = 1; uint32 droppedAttributesCount = 2; }
  message Scope { string name = 1; string version = 2; }
  message LogRecord { fixed64 timeUnixNano = 1; int32 severityNumber = 2; string severityText = 3; AnyValue body = 5;
    repeated KeyValue attributes = 6; uint32 droppedAttributesCount = 7; fixed32 flags = 8; fixed64 observedTimeUnixNano = 11;
    string eventName = 12; }
  message ScopeLogs { Scope scope = 1; repeated LogRecord logRecords = 2; string schemaUrl = 3; }
  message ResourceLogs { Resource resource = 1; repeated ScopeLogs scopeLogs = 2; string schemaUrl = 3; }
  message LogsRequest { repeated ResourceLogs resourceLogs = 1; }
  message NumberPoint { fixed64 startTimeUnixNano = 2; fixed64 timeUnixNano = 3; oneof value { double asDouble = 4; sfixed64 asInt = 6; }
    repeated KeyValue attributes = 7; uint32 flags = 8; }
  message HistogramPoint { fixed64 startTimeUnixNano = 2; fixed64 timeUnixNano = 3; fixed64 count = 4; optional double sum = 5;
    repeated KeyValue attributes = 9; }
  message Sum { repeated NumberPoint dataPoints = 1; int32 aggregationTemporality = 2; bool isMonotonic = 3; }
  message Histogram { repeated HistogramPoint dataPoints = 1; int32 aggregationTemporality = 2; }
  message Metric { string name = 1; string description = 2; string unit = 3; oneof data { Sum sum = 7; Histogram histogram = 9; } }
  message ScopeMetrics { Scope scope = 1; repeated Metric metrics = 2; }
  message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scopeMetrics = 2; }
  message MetricsRequest { repeated ResourceMetrics resourceMetrics = 1; }`).root;

function encoder(message: string, value: object): Uint8Array {
  const type = schema.lookupType(message);
  return type.encode(type.fromObject(value)).finish();
}

/** A log record whose body is a list in a list in a list …, written from the inside out in one pass. */
function nestedList(levels: number): Uint8Array {
  const pieces = [encoder("AnyValue", { stringValue: "core" })];
  let size = pieces[0]?.length ?? 0;
  const wrap = (number: number): void => {
    const head = protobuf.Writer.create()
      .uint32((number << 3) | 2)
      .uint32(size)
      .finish();
    pieces.push(head);
    size += head.length;
  };
  for (let level = 0; level < levels; level++) {
    wrap(1);
    wrap(5);
  }
  wrap(5);
  wrap(2);
  return Buffer.concat(pieces.reverse());
}

/** A length-delimited field. */
const field = (number: number, content: Uint8Array): Uint8Array =>
  protobuf.Writer.create()
    .uint32((number << 3) | 2)
    .bytes(content)
    .finish();

const anyText = fc.string({ unit: "binary", maxLength: 20 }).filter((text) => text.isWellFormed() && text !== "__proto__");

const { value: anyValue } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.record({ stringValue: anyText }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ intValue: fc.maxSafeInteger().map(String) }),
    fc.record({ doubleValue: fc.double({ noNaN: true, noDefaultInfinity: true }).map((double) => double + 0) }),
    fc.record({ arrayValue: fc.record({ values: fc.array(tie("value"), { maxLength: 3 }) }) }),
    fc.record({ kvlistValue: fc.record({ values: fc.array(fc.record({ key: anyText, value: tie("value") }), { maxLength: 3 }) }) }),
  ),
}));

const nanos = fc.bigInt({ min: 0n, max: 2n ** 63n }).map(String);

const anyLog = fc.record(
  {
    timeUnixNano: nanos,
    observedTimeUnixNano: nanos,
    severityNumber: fc.nat(24),
    eventName: anyText,
    body: anyValue,
    attributes: fc.array(fc.record({ key: anyText, value: anyValue }), { maxLength: 4 }),
  },
  { requiredKeys: [] },
);

/** JSON with OTLP's field names in it, so that the decoder gets past the first check. */
const otlpLike = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: "medium" },
    fc.constantFrom(null, "", "0", "x", 0, -1, 1.5, true, 1e300),
    fc.array(tie("node"), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        ...["resourceLogs", "scopeLogs", "logRecords", "resourceSpans", "scopeSpans", "spans", "resourceMetrics", "scopeMetrics"],
        ...["metrics", "sum", "gauge", "histogram", "dataPoints", "attributes", "resource", "scope", "key", "value", "stringValue"],
        ...["intValue", "arrayValue", "kvlistValue", "values", "timeUnixNano", "status", "events", "asInt", "body", "traceId", "name"],
      ),
      tie("node"),
      { maxKeys: 5 },
    ),
  ),
})).node;
