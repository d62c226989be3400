/** Titles that are never merchandise, whole: "POSTAGE", but not "POSTAGE STAMP MUG". */
const WHOLE_TITLE =
  /^(dotcom )?(postage|shipping|carriage|delivery|freight|handling|packing|manual|discount|tip|gratuity|insurance|deposit|samples?|surcharge|adjust(ment)?|bank charges|rounding|fee)( (and|&) (packing|handling|delivery|postage))?( (fee|charge|charges|cost|costs))?$/i;

/** Titles that are never merchandise wherever these words stand. */
const ANY_TITLE =
  /\b(gift (card|voucher|certificate)s?|(amazon|bank|handling|service|transaction) fees?|adjustment by|test product)\b/i;

/** Share of a log's keys that hold a digit, above which a key without any is taken for a service. */
const CODED_LOG_RATIO = 0.8;

/**
 * Whether a line is a service, a fee or a voucher, from its title.
 *
 * @param title as the log gives it; an empty title says nothing and gives false
 * @returns known weakness: English words only
 */
export function isServiceTitle(title: string): boolean {
  const text = title.trim();
  return WHOLE_TITLE.test(text) || ANY_TITLE.test(text);
}

/**
 * Tells which keys are no product codes. Where nearly every key holds a digit ("22423", "SKU-7"), one without
 * ("POST", "M", "BANK CHARGES") books a service; where keys are words ("burger"), nothing follows.
 *
 * @param keys distinct item keys of the whole log
 */
export function findServiceKeys(keys: Iterable<string>): Set<string> {
  const without: string[] = [];
  let count = 0;
  for (const key of keys) {
    count++;
    if (!/\d/.test(key)) without.push(key);
  }
  return new Set(count - without.length >= CODED_LOG_RATIO * count ? without : []);
}
