import { DescriptionList } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { TitledCard } from "#app/ui/TitledCard.tsx";

const TERMS = ["groups", "period", "perVisitor", "incremental", "range", "redeemed"] as const;

/** What each figure of the results means, exactly. */
export function Definitions() {
  const { t } = useTranslation("results");
  return (
    <TitledCard title={t("definitions.open")}>
      <DescriptionList
        items={TERMS.map((term) => ({ term: t(`term.${term}`), description: t(`definition.${term}`) }))}
      />
    </TitledCard>
  );
}
