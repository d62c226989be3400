import { Card, FormLayout, Layout, BlockStack, Button, Text, InlineStack } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { CatalogueSelect } from "#app/ui/settings/CatalogueSelect.tsx";
import { EXCLUSIONS, type FieldProblem } from "#app/domain/settings-fields.ts";
import { Subdued } from "#app/ui/Subdued.tsx";
import { useState } from "react";
import { AskModal } from "#app/ui/AskModal.tsx";

interface ExclusionsSectionProps {
  /** The lists as JSON by setting name. */
  readonly values: Readonly<Record<string, string>>;
  readonly names: Readonly<Record<string, string>>;
  readonly problems: readonly FieldProblem[];
  readonly change: (name: string, value: string) => void;
}

/** Settings section of products that are never proposed. */
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

/** Excludes the merchant's own browser from all counts. The storefront shows the exclusion and can undo it. */
export function OwnVisitsCard({ leaveOutUrl }: { readonly leaveOutUrl: string }) {
  const { t } = useTranslation("settings");
  return (
    <Card roundedAbove="xs">
      <BlockStack gap="300" inlineAlign="start">
        <Text as="h2" variant="headingMd">
          {t("own.title")}
        </Text>
        <Subdued>{t("own.text")}</Subdued>
        <Button url={leaveOutUrl} target="_blank">
          {t("own.leave")}
        </Button>
      </BlockStack>
    </Card>
  );
}

interface PauseAllCardProps {
  readonly isPausing: boolean;
  readonly onPauseAll: () => void;
}

/** Pauses every offer at once, after a confirmation. */
export function PauseAllCard({ isPausing, onPauseAll }: PauseAllCardProps) {
  const { t } = useTranslation("settings");
  const [isAsking, setAsking] = useState(false);
  return (
    <Layout>
      <Layout.AnnotatedSection title={t("stop.title")} description={t("stop.description")}>
        <Card roundedAbove="xs">
          <BlockStack gap="300">
            <Text as="p">{t("stop.text")}</Text>
            <InlineStack gap="400" blockAlign="center">
              <Button tone="critical" loading={isPausing} onClick={() => setAsking(true)}>
                {t("stop.action")}
              </Button>
              <Button url="/app/help?ask=end" variant="plain">
                {t("stop.help")}
              </Button>
            </InlineStack>
          </BlockStack>
        </Card>
      </Layout.AnnotatedSection>
      <AskModal
        isOpen={isAsking}
        title={t("stop.ask")}
        action={{ label: t("stop.action"), isDestructive: true, onConfirm: onPauseAll }}
        onClose={() => setAsking(false)}
      >
        <Text as="p">{t("stop.askText")}</Text>
      </AskModal>
    </Layout>
  );
}
