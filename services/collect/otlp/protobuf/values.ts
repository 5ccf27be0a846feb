import { LIMITS } from "../../../../schemas/primitives.ts";
import type { AttributeValue, Scope } from "../model.ts";
import { bytes, fixed64, int64, message, type Reader, varint } from "./wire.ts";

/** Attributes while they are being read: objects are shared by all records below them and filled when their turn comes. */
export type MutableAttributes = Record<string, AttributeValue>;
export type MutableScope = { -readonly [K in keyof Scope]: Scope[K] };

/** Resource: only its attributes. */
export function resourceInto(reader: Reader, attributes: MutableAttributes): void {
  message(reader, (tag) => {
    if (tag !== bytes(1)) return false;
    keyValueInto(reader, attributes);
    return true;
  });
}

export function scopeInto(reader: Reader, scope: MutableScope): void {
  message(reader, (tag) => {
    if (tag === bytes(1)) scope.name = reader.string();
    else if (tag === bytes(2)) scope.version = reader.string();
    else return false;
    return true;
  });
}

/** KeyValue, added to `attributes`. */
export function keyValueInto(reader: Reader, attributes: MutableAttributes, depth = 0): void {
  let key = "";
  let value: AttributeValue = null;
  message(reader, (tag) => {
    if (tag === bytes(1)) key = reader.string();
    else if (tag === bytes(2)) value = anyValue(reader, depth);
    else return false;
    return true;
  });
  if (key !== "__proto__") attributes[key] = value;
}

/** AnyValue. One without a kind is null. */
export function anyValue(reader: Reader, depth = 0): AttributeValue {
  if (depth > LIMITS.jsonDepth) throw new RangeError(`a value nests deeper than ${LIMITS.jsonDepth} levels`);
  let value: AttributeValue = null;
  message(reader, (tag) => {
    switch (tag) {
      case bytes(1):
        value = reader.string();
        return true;
      case varint(2):
        value = reader.bool();
        return true;
      case varint(3):
        value = int64(reader);
        return true;
      case fixed64(4):
        value = reader.double();
        return true;
      case bytes(5):
        value = listOf(reader, depth + 1);
        return true;
      case bytes(6):
        value = mapOf(reader, depth + 1);
        return true;
      case bytes(7):
        value = Buffer.from(reader.bytes()).toString("base64");
        return true;
    }
    return false;
  });
  return value;
}

function listOf(reader: Reader, depth: number): AttributeValue[] {
  const values: AttributeValue[] = [];
  message(reader, (tag) => {
    if (tag !== bytes(1)) return false;
    values.push(anyValue(reader, depth));
    return true;
  });
  return values;
}

function mapOf(reader: Reader, depth: number): MutableAttributes {
  const values: MutableAttributes = {};
  message(reader, (tag) => {
    if (tag !== bytes(1)) return false;
    keyValueInto(reader, values, depth);
    return true;
  });
  return values;
}
