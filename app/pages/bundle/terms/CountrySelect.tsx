import { Autocomplete, BlockStack, InlineStack, Tag } from "@shopify/polaris";
import { useMemo, useState } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";
import { COUNTRY_CODES } from "#app/domain/validate/countries.ts";

interface CountrySelectProps {
  /** ISO codes; none is everywhere. */
  readonly chosen: readonly string[];
  readonly problem: string | false;
  readonly onChange: (chosen: readonly string[]) => void;
}

/** Chooses countries by typing part of their name in the language of the page. */
export function CountrySelect({ chosen, problem, onChange }: CountrySelectProps) {
  const { t, i18n } = useTranslation("bundle");
  const [text, setText] = useState("");
  const countries = useMemo(() => {
    const names = new Intl.DisplayNames([i18n.language], { type: "region" });
    return COUNTRY_CODES.map((code) => ({ value: code, label: names.of(code) ?? code })).sort((a, b) =>
      a.label.localeCompare(b.label, i18n.language),
    );
  }, [i18n.language]);
  const wanted = text.trim().toLocaleLowerCase(i18n.language);
  const shown = countries.filter(
    ({ value, label }) =>
      label.toLocaleLowerCase(i18n.language).includes(wanted) || value.toLowerCase() === wanted,
  );
  return (
    <BlockStack gap="200">
      <Autocomplete
        allowMultiple
        options={shown}
        selected={[...chosen]}
        onSelect={(selected) => {
          // The list shows what fits the text; what was chosen beside it stays.
          const listed = new Set(shown.map(({ value }) => value));
          onChange([
            ...chosen.filter((code) => !listed.has(code)),
            ...selected.filter((code) => listed.has(code)),
          ]);
        }}
        textField={
          <Autocomplete.TextField
            label={t("terms.countries")}
            value={text}
            onChange={setText}
            placeholder={chosen.length === 0 ? t("terms.countriesAll") : t("terms.countriesSearch")}
            helpText={t("terms.countriesHelp")}
            autoComplete="off"
            error={problem}
          />
        }
      />
      {chosen.length > 0 ? (
        <InlineStack gap="200">
          {countries
            .filter(({ value }) => chosen.includes(value))
            .map(({ value, label }) => (
              <Tag key={value} onRemove={() => onChange(chosen.filter((code) => code !== value))}>
                {label}
              </Tag>
            ))}
        </InlineStack>
      ) : null}
    </BlockStack>
  );
}
