import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { dayOf, isDay, isZone, periodAt, startOf } from "./period.ts";

const ms = (text: string): number => Date.parse(text);
const shown = (period: Parameters<typeof periodAt>[0], zone: string, at: string, starts = "2020-01-01") => {
  const { from, to, fromMs, toMs } = periodAt(period, zone, starts, ms(at));
  return [from, to, new Date(fromMs).toISOString(), toMs === null ? null : new Date(toMs).toISOString()];
};

describe("a budget's period", () => {
  test("is a day of 23 hours where the clock goes forward at midnight", () => {
    assert.deepEqual(shown("day", "America/Sao_Paulo", "2018-11-04T12:00:00Z"), [
      "2018-11-04",
      "2018-11-05",
      "2018-11-04T03:00:00.000Z",
      "2018-11-05T02:00:00.000Z",
    ]);
  });
  test("is a day of 25 hours where it goes back", () => {
    assert.deepEqual(shown("day", "America/New_York", "2026-11-02T04:59:59.999Z"), [
      "2026-11-01",
      "2026-11-02",
      "2026-11-01T04:00:00.000Z",
      "2026-11-02T05:00:00.000Z",
    ]);
  });
  test("is a week from Monday to Monday, an hour shorter in spring", () => {
    assert.deepEqual(shown("week", "Europe/Berlin", "2026-03-29T21:59:59Z"), [
      "2026-03-23",
      "2026-03-30",
      "2026-03-22T23:00:00.000Z",
      "2026-03-29T22:00:00.000Z",
    ]);
    assert.equal(shown("week", "Europe/Berlin", "2026-03-29T22:00:00Z")[0], "2026-03-30");
  });
  test("is a month of the zone, not of UTC", () => {
    assert.deepEqual(shown("month", "America/Sao_Paulo", "2026-12-01T02:59:59.999Z"), [
      "2026-11-01",
      "2026-12-01",
      "2026-11-01T03:00:00.000Z",
      "2026-12-01T03:00:00.000Z",
    ]);
    assert.equal(shown("month", "America/Sao_Paulo", "2026-12-01T03:00:00Z")[0], "2026-12-01");
    assert.equal(shown("month", "Asia/Tokyo", "2026-11-30T15:00:00Z")[0], "2026-12-01");
  });
  test("has no end as a total", () => {
    assert.deepEqual(shown("total", "Asia/Kolkata", "2026-11-21T00:00:00Z", "2026-02-28"), [
      "2026-02-28",
      null,
      "2026-02-27T18:30:00.000Z",
      null,
    ]);
  });
  test("contains its moment, and the next one begins where it ends", () => {
    const zones = fc.constantFrom("America/Sao_Paulo", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "UTC");
    const moment = fc.integer({ min: ms("2016-01-01T00:00:00Z"), max: ms("2035-01-01T00:00:00Z") });
    fc.assert(
      fc.property(fc.constantFrom("day" as const, "week" as const, "month" as const), zones, moment, (period, zone, at) => {
        const { from, to, fromMs, toMs } = periodAt(period, zone, "2016-01-01", at);
        assert.ok(toMs !== null && to !== null && fromMs <= at && at < toMs);
        assert.equal(dayOf(fromMs, zone), from);
        assert.equal(startOf(to, zone), toMs);
        const next = periodAt(period, zone, "2016-01-01", toMs);
        assert.deepEqual([next.from, next.fromMs], [to, toMs]);
      }),
    );
  });
});

test("a zone is a place's: no offset, no invention", () => {
  for (const zone of ["America/Sao_Paulo", "Europe/Lisbon", "UTC"]) assert.equal(isZone(zone), true, zone);
  for (const zone of ["+03:00", "-0300", "Mars/Olympus", "", "America"]) assert.equal(isZone(zone), false, zone);
});

test("a day is one of the calendar", () => {
  assert.equal(isDay("2024-02-29"), true);
  for (const day of ["2026-02-29", "2026-13-01", "2026-1-1", "20261101", "2026-11-01T00:00", "soon", ""])
    assert.equal(isDay(day), false, day);
});
