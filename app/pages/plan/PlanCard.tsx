import { Badge, Button, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import type { PlanPage } from "./read-plan-page.server.ts";

interface PlanCardProps {
  readonly plan: PlanPage["plans"][number];
  readonly isBusy: boolean;
  readonly onChoose: () => void;
}

export function PlanCard({ plan: { key, isCurrent, price, mostLive }, isBusy, onChoose }: PlanCardProps) {
  const { t } = useTranslation("plan");
  const name = t(`name.${key}`);
  return (
    <TitledCard title={name} beside={isCurrent ? <Badge tone="success">{t("current")}</Badge> : null}>
      <Text as="p" variant="headingXl">
        {key === "free" ? price : t("perMonth", { price })}
      </Text>
      <Text as="p">{mostLive === null ? t("unlimited") : t("upTo", { count: mostLive })}</Text>
      <Button
        disabled={isCurrent}
        loading={isBusy}
        onClick={onChoose}
        accessibilityLabel={t("take", { name })}
      >
        {t("choose")}
      </Button>
    </TitledCard>
  );
}
