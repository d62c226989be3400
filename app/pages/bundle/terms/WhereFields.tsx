import { Checkbox, FormLayout, Select, TextField, BlockStack, InlineStack, Tag } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { PLACEMENTS } from "#app/domain/offer/offer-kinds.ts";
import type { FieldsProps } from "./terms-draft.ts";
import { useEffect, useState } from "react";
import { AddSelect } from "#app/ui/AddSelect.tsx";
import { Subdued } from "#app/ui/Subdued.tsx";
import { Within } from "#app/ui/Within.tsx";
import { COUNTRY_CODES } from "#app/domain/validate/countries.ts";

/** When, where and how often an offer applies. */
export function WhereFields({ draft, problemOf, onChange }: FieldsProps) {
  const { t } = useTranslation("bundle");
  return (
    <FormLayout>
      <MomentField
        label={t("terms.startsOn")}
        timeLabel={t("terms.time")}
        value={draft.startsOn}
        onChange={(startsOn) => onChange({ startsOn })}
        problem={problemOf("startsOn")}
        helpText={t("terms.startsOnHelp")}
      />
      <MomentField
        label={t("terms.endsOn")}
        timeLabel={t("terms.time")}
        value={draft.endsOn}
        onChange={(endsOn) => onChange({ endsOn })}
        problem={problemOf("endsOn")}
        helpText={t("terms.endsOnHelp")}
      />
      <Select
        label={t("terms.placement")}
        options={PLACEMENTS.map((placement) => ({
          label: t(`terms.placement.${placement}`),
          value: placement,
        }))}
        value={draft.placement}
        onChange={(placement) => onChange({ placement })}
        error={problemOf("placement")}
        helpText={t("terms.placementHelp")}
      />
      <CountrySelect
        chosen={draft.countries}
        problem={problemOf("countries")}
        onChange={(countries) => onChange({ countries })}
      />
      <TextField
        label={t("terms.times")}
        type="number"
        min={1}
        max={99}
        value={draft.timesPerOrder}
        onChange={(timesPerOrder) => onChange({ timesPerOrder })}
        error={problemOf("timesPerOrder")}
        helpText={t("terms.timesHelp")}
        autoComplete="off"
      />
      {draft.offer.kind === "set" || draft.offer.kind === "gift" ? (
        <Checkbox
          label={t("terms.choice")}
          helpText={t("terms.choiceHelp")}
          error={problemOf("letsShopperChoose")}
          checked={draft.letsShopperChoose}
          onChange={(letsShopperChoose) => onChange({ letsShopperChoose })}
        />
      ) : null}
    </FormLayout>
  );
}

/** An internal note. */
export function NoteField({ draft, problemOf, onChange }: FieldsProps) {
  const { t } = useTranslation("bundle");
  return (
    <TextField
      label={t("terms.note")}
      value={draft.note}
      onChange={(note) => onChange({ note })}
      error={problemOf("note")}
      helpText={t("terms.noteHelp")}
      multiline={2}
      maxHeight="12rem"
      maxLength={2_000}
      autoComplete="off"
    />
  );
}

interface CountrySelectProps {
  /** ISO codes; empty means everywhere. */
  readonly chosen: readonly string[];
  readonly problem: string | false;
  readonly onChange: (chosen: readonly string[]) => void;
}

/** Chooses countries by name, in the language of the page. A browser's select finds a name by typing. */
function CountrySelect({ chosen, problem, onChange }: CountrySelectProps) {
  const { t, i18n } = useTranslation("bundle");
  const [countries, setCountries] = useState<readonly { readonly value: string; readonly label: string }[]>(
    [],
  );
  // Only in the browser: the server has other names for a few countries, which would break hydration.
  useEffect(() => {
    const names = new Intl.DisplayNames([i18n.language], { type: "region" });
    setCountries(
      COUNTRY_CODES.map((code) => ({ value: code, label: names.of(code) ?? code })).sort((a, b) =>
        a.label.localeCompare(b.label, i18n.language),
      ),
    );
  }, [i18n.language]);
  return (
    <BlockStack gap="200">
      <AddSelect
        label={t("terms.countries")}
        options={[
          { value: "", label: t(chosen.length === 0 ? "terms.countriesAll" : "terms.countriesSearch") },
          ...countries.filter(({ value }) => !chosen.includes(value)),
        ]}
        onAdd={(code) => onChange([...chosen, code])}
        error={problem}
      />
      <Subdued>{t("terms.countriesHelp")}</Subdued>
      <InlineStack gap="200">
        {countries
          .filter(({ value }) => chosen.includes(value))
          .map(({ value, label }) => (
            <Tag key={value} onRemove={() => onChange(chosen.filter((code) => code !== value))}>
              {label}
            </Tag>
          ))}
      </InlineStack>
    </BlockStack>
  );
}

interface MomentFieldProps {
  readonly label: string;
  readonly timeLabel: string;
  readonly helpText: string;
  /** "2026-12-24" or "2026-12-24T18:30"; empty for none. */
  readonly value: string;
  readonly problem: string | false;
  readonly onChange: (value: string) => void;
}

/** A date in the shop's time zone, with an optional time. */
function MomentField({ label, timeLabel, helpText, value, problem, onChange }: MomentFieldProps) {
  const [day = "", time = ""] = value.split("T");
  // The browser reports an empty date while one is being typed, so the time is remembered.
  const [timeBefore, setTimeBefore] = useState("");
  const typeDay = (typed: string) => {
    if (time) setTimeBefore(time);
    const kept = time || timeBefore;
    onChange(typed && kept ? `${typed}T${kept}` : typed);
  };
  return (
    <InlineStack gap="200" blockAlign="start">
      <div style={{ flex: "2 1 9rem", minInlineSize: 0 }}>
        <TextField
          label={label}
          type="date"
          value={day}
          onChange={typeDay}
          error={problem}
          helpText={helpText}
          autoComplete="off"
        />
      </div>
      <div style={{ flex: "1 1 7rem", minInlineSize: 0 }}>
        <TextField
          label={<Within of={label} label={timeLabel} />}
          type="time"
          value={time}
          disabled={day === ""}
          onChange={(typed) => {
            setTimeBefore(typed);
            onChange(typed ? `${day}T${typed}` : day);
          }}
          autoComplete="off"
        />
      </div>
    </InlineStack>
  );
}
