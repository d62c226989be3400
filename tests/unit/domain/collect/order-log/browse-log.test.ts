import { describe, expect, it } from "vitest";
import { matchBrowseLogHeader, parseBrowseRow } from "#app/domain/collect/order-log/browse-log-row.ts";
import { BROWSE_KINDS } from "#app/domain/collect/browse-event.ts";
import { inEnglish } from "#tests/factories/write-english.ts";

function parse(cells: readonly string[], names: readonly string[] = ["session_id", "ts", "sku", "kind"]) {
  const header = matchBrowseLogHeader(names);
  if (!header.ok) throw new Error(header.detail);
  return parseBrowseRow(header.value, cells);
}

describe("header of a browsing log", () => {
  it.each([
    [["kind"], "session_id or visitor, ts, sku"],
    [["visitor", "sku"], "ts"],
  ])("%j lacks %s", (names, detail) => {
    expect(matchBrowseLogHeader(names)).toEqual({ ok: false, reason: "missing_columns", detail });
  });

  it.each(["Session ID", "session_id", "VISITOR"])("finds the visitor column %j in any position", (name) => {
    expect(matchBrowseLogHeader(["Kind", "SKU", name, "TS"])).toEqual({
      ok: true,
      value: { at: { visitor: 2, viewedAt: 3, sku: 1, kind: 0 } },
    });
  });

  it("does not need a kind column", () => {
    expect(matchBrowseLogHeader(["visitor", "ts", "sku"])).toMatchObject({
      ok: true,
      value: { at: { kind: -1 } },
    });
  });
});

describe("row of a browsing log", () => {
  const time = "2026-01-01T10:00:00Z";
  const view = { ok: true, value: { visitor: "v1", atMs: Date.UTC(2026, 0, 1, 10), sku: "A1" } };

  it.each([
    [["v1", time, "A1", "tweeted"], 'kind "tweeted" is not one such as product_viewed'],
    [["v1", time, "A1", "x".repeat(60)], `kind "${"x".repeat(40)}" is not one such as product_viewed`],
    [[" ", time, "A1", ""], "the session's id is empty"],
    [["v1", "soon", "A1", ""], 'ts "soon" is not a date such as 2011-06-01T07:37:00'],
    [["v1", "y".repeat(60), "A1", ""], `ts "${"y".repeat(40)}" is not a date such as 2011-06-01T07:37:00`],
    [["v1", time, "", ""], "the SKU is empty"],
    [["v1", time], "the SKU is empty"],
  ])("%j is refused: %s", (cells, reason) => {
    const parsed = parse(cells);
    expect(parsed && !parsed.ok && inEnglish(parsed.reason)).toBe(reason);
  });

  it.each(["", "product_viewed", " Product_Added_To_Cart "])("of the kind %j is a product view", (kind) => {
    expect(parse([" v1 ", ` ${time} `, " A1 ", kind])).toEqual(view);
  });

  it("without a kind is a product view", () => {
    expect(parse(["v1", time, "A1"], ["visitor", "ts", "sku"])).toEqual(view);
  });

  it("of any other pixel kind is skipped", () => {
    const views = ["product_viewed", "product_added_to_cart"];
    for (const kind of BROWSE_KINDS)
      expect(parse(["v1", time, "A1", kind])).toEqual(views.includes(kind) ? view : null);
    expect(parse(["", "", "", "search_submitted"])).toBeNull();
  });
});
