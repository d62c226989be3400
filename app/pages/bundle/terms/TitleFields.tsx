import { BlockStack, TextField } from "@shopify/polaris";
import { useMemo } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";
import { AddSelect } from "#app/ui/AddSelect.tsx";
import type { FieldsProps } from "./terms-draft.ts";

/** Storefront languages by Shopify's code. */
const LANGUAGES = [
  "bg", "cs", "da", "de", "el", "en", "es", "fi", "fr", "hr", "hu", "id", "it", "ja", "ko", "lt", "ms", "nb", "nl", "pl",
  "pt-BR", "pt-PT", "ro", "ru", "sk", "sl", "sv", "th", "tr", "uk", "vi", "zh-CN", "zh-TW",
]; // prettier-ignore

interface TitleFieldsProps extends FieldsProps {
  /** Used if the title is empty. */
  readonly suggestion?: string;
}

export function TitleFields({ draft, problemOf, onChange, suggestion = "" }: TitleFieldsProps) {
  const { t, i18n } = useTranslation(["offer", "bundle"]);
  const names = useMemo(() => new Intl.DisplayNames([i18n.language], { type: "language" }), [i18n.language]);
  const named = Object.keys(draft.titles);
  return (
    <BlockStack gap="300">
      <TextField
        label={t("bundle:terms.name")}
        value={draft.title}
        onChange={(title) => onChange({ title })}
        error={problemOf("title")}
        placeholder={suggestion}
        {...(suggestion && !draft.title ? { helpText: t("titles.suggested") } : {})}
        maxLength={120}
        autoComplete="off"
      />
      {named.map((language) => (
        <TextField
          key={language}
          label={t("titles.in", { language: names.of(language) })}
          value={draft.titles[language] ?? ""}
          onChange={(title) => onChange({ titles: { ...draft.titles, [language]: title } })}
          error={problemOf("titles")}
          helpText={t("titles.help")}
          maxLength={120}
          autoComplete="off"
        />
      ))}
      <AddSelect
        label={t("titles.add")}
        options={[
          { label: t("titles.choose"), value: "" },
          ...LANGUAGES.filter((code) => !named.includes(code)).map((code) => ({
            label: names.of(code) ?? code,
            value: code,
          })),
        ]}
        onAdd={(code) => onChange({ titles: { ...draft.titles, [code]: "" } })}
      />
    </BlockStack>
  );
}
