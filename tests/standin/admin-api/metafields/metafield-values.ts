import type { ShopState } from "#tests/standin/shop/shop-state.ts";

const MAX_JSON_BYTES = 128 * 1024;

/** Checks a value by metafield type: null if it fits, else Shopify's message. */
const CHECKS: Readonly<Record<string, (value: string, state: ShopState) => string | null>> = {
  json: (value) => {
    if (Buffer.byteLength(value) > MAX_JSON_BYTES) return "Value is too large for a JSON metafield.";
    return parseJson(value) === undefined ? "Value is invalid JSON." : null;
  },
  boolean: (value) => (value === "true" || value === "false" ? null : "Value must be true or false."),
  number_integer: (value) => (/^-?\d{1,19}$/.test(value) ? null : "Value must be an integer."),
  number_decimal: (value) => (/^-?\d+(\.\d+)?$/.test(value) ? null : "Value must be a decimal."),
  single_line_text_field: (value) =>
    value.includes("\n") ? "Value must be a single line text string." : null,
  multi_line_text_field: () => null,
  date_time: (value) => (Number.isNaN(Date.parse(value)) ? "Value must be in ISO 8601 format." : null),
  variant_reference: (value, { catalogue }) => checkReference(value, catalogue.variants, "ProductVariant"),
  product_reference: (value, { catalogue }) => checkReference(value, catalogue.products, "Product"),
  "list.variant_reference": (value, { catalogue }) =>
    checkList(value, (item) => checkReference(item, catalogue.variants, "ProductVariant")),
  "list.product_reference": (value, { catalogue }) =>
    checkList(value, (item) => checkReference(item, catalogue.products, "Product")),
};

/** The problem with a metafield's value, or null. `undefined` means that the stand-in lacks the type. */
export function checkMetafieldValue(
  type: string,
  value: string,
  state: ShopState,
): string | null | undefined {
  return CHECKS[type]?.(value, state);
}

/** Most references in one list metafield. */
const MAX_LIST = 128;

function checkList(value: string, check: (item: string) => string | null): string | null {
  const list = parseJson(value);
  if (!Array.isArray(list)) return "Value must be an array.";
  if (list.length > MAX_LIST) return `Value must have at most ${MAX_LIST} elements.`;
  for (const item of list) {
    const problem = typeof item === "string" ? check(item) : "Value must be an array of ids.";
    if (problem !== null) return problem;
  }
  return null;
}

function checkReference(value: string, records: ReadonlyMap<string, unknown>, type: string): string | null {
  if (!value.startsWith(`gid://shopify/${type}/`)) return `Value must be a valid ${type} id.`;
  return records.has(value) ? null : `Value references non-existent resource ${value}.`;
}

/** The value of `jsonValue`: numbers, lists and JSON parsed, texts as text. */
export function toJsonValue(type: string, value: string): unknown {
  return type === "json" || type === "boolean" || type === "number_integer" || type.startsWith("list.")
    ? parseJson(value)
    : value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
