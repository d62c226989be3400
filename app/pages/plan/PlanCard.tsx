import { Badge, BlockStack, Button, Card, InlineStack, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import type { PlanKey } from "#app/domain/plans.ts";

interface PlanCardProps {
  readonly plan: {
    readonly key: PlanKey;
    readonly isCurrent: boolean;
    readonly price: string;
    readonly mostLive: number | null;
  };
  readonly isBusy: boolean;
  readonly onChoose: () => void;
}

/** One plan: its price, what it holds, and the button to take it. */
export function PlanCard({ plan: { key, isCurrent, price, mostLive }, isBusy, onChoose }: PlanCardProps) {
  const { t } = useTranslation("plan");
  const name = t(`name.${key}`);
  return (
    <Card>
      <BlockStack gap="300">
        <InlineStack align="space-between" blockAlign="center">
          <Text as="h2" variant="headingMd">
            {name}
          </Text>
          {isCurrent ? <Badge tone="success">{t("current")}</Badge> : null}
        </InlineStack>
        <Text as="p" variant="headingXl">
          {key === "free" ? price : t("perMonth", { price })}
        </Text>
        <Text as="p">{mostLive === null ? t("unlimited") : t("upTo", { count: mostLive })}</Text>
        <Text as="p" tone="subdued">
          {t("everything")}
        </Text>
        <Button
          disabled={isCurrent}
          loading={isBusy}
          onClick={onChoose}
          accessibilityLabel={t("take", { name })}
        >
          {t("choose")}
        </Button>
      </BlockStack>
    </Card>
  );
}
