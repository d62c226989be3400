import { Link, List, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import type { Fault } from "#app/domain/shop-stage.ts";
import { TitledCard } from "#app/ui/TitledCard.tsx";

/** Where each fault is looked into; of the others there is nothing to do. */
const ADDRESSES: Readonly<Partial<Record<Fault, string>>> = {
  publishingFailed: "/app/settings",
  discountOff: "/app/settings",
  comparisonBroken: "/app/results",
  messagesFailing: "/app/jobs",
};

/** What is wrong, each with the way to what mends it. */
export function WrongCard({
  faults,
}: {
  readonly faults: readonly { readonly fault: Fault; readonly text: string }[];
}) {
  const { t } = useTranslation("home");
  return (
    <TitledCard title={t("wrong.title")} gap="200">
      {faults.length === 0 ? (
        <Text as="p" tone="success">
          {t("wrong.none")}
        </Text>
      ) : (
        <List>
          {faults.map(({ fault, text }) => (
            <List.Item key={fault}>
              {text} {ADDRESSES[fault] ? <Link url={ADDRESSES[fault]}>{t("wrong.look")}</Link> : null}
            </List.Item>
          ))}
        </List>
      )}
    </TitledCard>
  );
}
