import { Card, FormLayout, Layout } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { CatalogueSelect } from "#app/ui/settings/CatalogueSelect.tsx";
import { EXCLUSIONS } from "#app/ui/settings/settings-fields.ts";

interface ExclusionsSectionProps {
  /** The lists as JSON, by the name of the setting. */
  readonly values: Readonly<Record<string, string>>;
  readonly names: Readonly<Record<string, string>>;
  readonly problems: readonly { readonly field: string; readonly message: string }[];
  readonly change: (name: string, value: string) => void;
}

/** What is never proposed, as a section of the settings' form. */
export function ExclusionsSection({ values, names, problems, change }: ExclusionsSectionProps) {
  const { t } = useTranslation("settings");
  return (
    <Layout.AnnotatedSection title={t("exclude.title")} description={t("exclude.text")}>
      <Card roundedAbove="xs">
        <FormLayout>
          {EXCLUSIONS.map(({ name, kind }) => (
            <CatalogueSelect
              key={name}
              kind={kind}
              chosen={JSON.parse(values[name] ?? "[]") as string[]}
              names={names}
              problem={problems.find(({ field }) => field.startsWith(name))?.message}
              onChange={(chosen) => change(name, JSON.stringify(chosen))}
            />
          ))}
        </FormLayout>
      </Card>
    </Layout.AnnotatedSection>
  );
}
