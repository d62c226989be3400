import { BlockStack, InlineStack, Select, Tag } from "@shopify/polaris";
import { useEffect, useState } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";
import { COUNTRY_CODES } from "#app/domain/validate/countries.ts";

interface CountrySelectProps {
  /** ISO codes; none is everywhere. */
  readonly chosen: readonly string[];
  readonly problem: string | false;
  readonly onChange: (chosen: readonly string[]) => void;
}

/** Chooses countries by their names in the language of the page; a browser finds one in its list as it is typed. */
export function CountrySelect({ chosen, problem, onChange }: CountrySelectProps) {
  const { t, i18n } = useTranslation("bundle");
  const [countries, setCountries] = useState<readonly { readonly value: string; readonly label: string }[]>(
    [],
  );
  // Only in the browser: the server calls a few countries otherwise, and a page must begin as it was sent.
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
      <Select
        label={t("terms.countries")}
        options={[
          { value: "", label: t(chosen.length === 0 ? "terms.countriesAll" : "terms.countriesSearch") },
          ...countries.filter(({ value }) => !chosen.includes(value)),
        ]}
        value=""
        onChange={(code) => (code ? onChange([...chosen, code]) : undefined)}
        helpText={t("terms.countriesHelp")}
        error={problem}
      />
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
