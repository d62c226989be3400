/** Titles that are never merchandise, whole: "POSTAGE", but not "POSTAGE STAMP MUG". */
const WHOLE_TITLE =
  /^(dotcom )?(postage|shipping|carriage|delivery|freight|handling|packing|manual|discount|tip|gratuity|insurance|deposit|samples?|surcharge|adjust(ment)?|adjust bad debt|bank charges|rounding|fee)( (and|&) (packing|handling|delivery|postage))?( (fee|charge|charges|cost|costs))?$/i;

/** Titles that are never merchandise wherever these words stand. */
const ANY_TITLE =
  /\b(gift (card|voucher|certificate)s?|(amazon|bank|handling|service|transaction) fees?|adjustment by|test product)\b/i;

/** Booking codes of services, asked only of lines without a title. */
const SERVICE_CODE = /^(post|dot|m|d|s|amazon ?fee)$/i;

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
 * Whether a key books a service, judged by all its lines: where most have a service's title, so are the few whose
 * title somebody typed over; where no line has a title, the key itself is read. The form of a key alone says nothing:
 * "FOAM" is a product among numbered ones.
 *
 * @param title the newest of the lines that are no services by title; may be empty
 * @param lines number of lines without and with a service's title
 */
export function isServiceKey(
  key: string,
  title: string,
  { otherLines, serviceLines }: { otherLines: number; serviceLines: number },
): boolean {
  if (serviceLines > otherLines) return true;
  if (title !== "") return false;
  return SERVICE_CODE.test(key) || isServiceTitle(key);
}
