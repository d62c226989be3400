import { createMoneyFormat, minorDigits } from "#app/domain/money.ts";
import { usableTimeZone } from "#app/domain/time.ts";
import type { Locale } from "./translate.ts";

/** Formats numbers, money and dates for one shop's merchant. */
export interface ShopFormat {
  /** Minor units of the shop's currency: 1235 → "€12.35". */
  money(minor: number): string;
  /** Money rounded to whole units, for estimates whose cents mean nothing. */
  roughMoney(minor: number): string;
  /** Money rounded to its magnitude: 4,312 → "£45", 128,700 → "£1,300". */
  aboutMoney(minor: number): string;
  number(value: number, maxDigits?: number): string;
  /** A score with a fixed number of digits, so that a column of scores lines up. */
  score(value: number, digits: number): string;
  /** 0 to 1 → "12%". */
  percent(ratio: number, maxDigits?: number): string;
  /** A duration: 28 → "28 days". */
  days(days: number): string;
  /** The day in the shop's time zone. */
  date(at: Date): string;
  dateTime(at: Date): string;
}

/**
 * Formatters of a shop.
 *
 * @param currency ISO 4217 code of every amount
 * @param timeZone IANA name; an unknown one falls back to UTC, because a page must not fail over a clock
 * @param locale language of the page; numbers and dates must read like the sentences around them
 */
export function createShopFormat(
  { currency, timeZone }: { currency: string; timeZone: string },
  locale: Locale,
): ShopFormat {
  const unit = 10 ** minorDigits(currency);
  const money = createMoneyFormat(currency, locale);
  const roughMoney = new Intl.NumberFormat(locale, { style: "currency", currency, maximumFractionDigits: 0 });
  const zone = usableTimeZone(timeZone);
  const date = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: zone });
  const dateTime = new Intl.DateTimeFormat(locale, {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: zone,
  });
  return {
    money: (minor) => money.format(withoutMinusZero(minor / unit)),
    roughMoney: (minor) => roughMoney.format(withoutMinusZero(Math.round(minor / unit))),
    aboutMoney: (minor) => roughMoney.format(withoutMinusZero(roundRoughly(minor / unit))),
    number: (value, maxDigits = 0) =>
      new Intl.NumberFormat(locale, { maximumFractionDigits: maxDigits }).format(withoutMinusZero(value)),
    score: (value, digits) =>
      new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
        withoutMinusZero(value),
      ),
    percent: (ratio, maxDigits = 0) =>
      new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: maxDigits }).format(
        withoutMinusZero(ratio),
      ),
    days: (days) =>
      new Intl.NumberFormat(locale, { style: "unit", unit: "day", unitDisplay: "long" }).format(days),
    date: (at) => date.format(at),
    dateTime: (at) => dateTime.format(at),
  };
}

/** Rounds to a whole number below ten, to fives below a hundred, and to two digits above. */
function roundRoughly(value: number): number {
  const size = Math.abs(value);
  if (size < 10) return Math.round(value);
  const step = size < 100 ? 5 : 10 ** (Math.floor(Math.log10(size)) - 1);
  return Math.round(value / step) * step;
}

/** Intl formats a small negative number that rounds to zero as "-0". */
function withoutMinusZero(value: number): number {
  return value === 0 ? 0 : value;
}
