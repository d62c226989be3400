import { GraphQLError } from "graphql";

/** How a filter of the `query:` argument reads a value from a record. Numbers compare as numbers, texts by equality. */
export type SearchFields<T> = Readonly<
  Record<string, (record: T) => number | string | boolean | readonly string[]>
>;

interface Term {
  field: string;
  operator: ":" | ">" | ">=" | "<" | "<=";
  value: string;
  isNegated: boolean;
}

/**
 * Turns a search such as `updated_at:>='2026-01-01T00:00:00Z' AND status:active` into a test of records. All terms
 * must match. Shopify ignores an unknown field with a warning. Here it is an error, because an ignored filter looks
 * as if it had worked.
 *
 * @throws GraphQLError for a field that `fields` lacks, a bare word, or OR and brackets, which are not supported
 */
export function compileSearch<T>(
  query: string | null | undefined,
  fields: SearchFields<T>,
): (record: T) => boolean {
  if (query === null || query === undefined || query.trim() === "") return () => true;
  const tests = parseTerms(query).map((term) => {
    const read = fields[term.field];
    if (!read) throw refused(query, `the field "${term.field}" is not supported`);
    return (record: T) => matches(read(record), term) !== term.isNegated;
  });
  return (record) => tests.every((test) => test(record));
}

function parseTerms(query: string): Term[] {
  const terms: Term[] = [];
  const pattern = /\s*(?:(AND)\b|(-|NOT\s+)?([a-z_]+):(>=|<=|>|<)?(?:'([^']*)'|"([^"]*)"|([^\s()]+)))\s*/y;
  while (pattern.lastIndex < query.length) {
    const from = pattern.lastIndex;
    const match = pattern.exec(query);
    if (!match) throw refused(query, `"${query.slice(from)}" is not supported`);
    const [, and, negation, field, operator, single, double, bare] = match;
    if (and) continue;
    terms.push({
      field: field!,
      operator: (operator as Term["operator"] | undefined) ?? ":",
      value: single ?? double ?? bare ?? "",
      isNegated: negation !== undefined,
    });
  }
  return terms;
}

function matches(actual: ReturnType<SearchFields<unknown>[string]>, { operator, value }: Term): boolean {
  if (typeof actual === "number") {
    const wanted = /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : Date.parse(value);
    if (Number.isNaN(wanted)) throw refused(value, "it is neither a number nor a date");
    if (operator === ">") return actual > wanted;
    if (operator === ">=") return actual >= wanted;
    if (operator === "<") return actual < wanted;
    if (operator === "<=") return actual <= wanted;
    return actual === wanted;
  }
  // A comma lists alternatives: status:active,draft
  const wanted = value.split(",").map((part) => part.trim().toLowerCase());
  const texts = (typeof actual === "object" ? actual : [String(actual)]).map((text) => text.toLowerCase());
  return wanted.some((part) =>
    texts.some((text) => (part.endsWith("*") ? text.startsWith(part.slice(0, -1)) : text === part)),
  );
}

function refused(query: string, reason: string): GraphQLError {
  return new GraphQLError(`The stand-in shop cannot search for ${JSON.stringify(query)}: ${reason}.`, {
    extensions: { code: "STANDIN_NOT_HELD" },
  });
}
