import { BlockStack, Icon, InlineStack, Text, type IconProps } from "@shopify/polaris";
import {
  AlertTriangleIcon,
  CalendarIcon,
  CartIcon,
  CashDollarIcon,
  InventoryIcon,
  PersonIcon,
  TextIcon,
} from "@shopify/polaris-icons";
import { useTranslation } from "#app/locales/use-translation.ts";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import type { BundlePage } from "./read-bundle-page.server.ts";

const ICON: Readonly<Record<BundlePage["evidence"][number]["kind"], IconProps["source"]>> = {
  orders: CartIcon,
  behaviour: PersonIcon,
  season: CalendarIcon,
  stock: InventoryIcon,
  margin: CashDollarIcon,
  text: TextIcon,
  caution: AlertTriangleIcon,
};

interface EvidenceCardProps {
  readonly evidence: BundlePage["evidence"];
  /** For an offer that is not a suggestion. */
  readonly title?: string;
}

export function EvidenceCard({ evidence, title }: EvidenceCardProps) {
  const { t } = useTranslation("bundle");
  return (
    <TitledCard title={title ?? t("evidence.title")}>
      {evidence.length === 0 ? <Text as="p">{t("evidence.none")}</Text> : null}
      <BlockStack as="ul" gap="200">
        {evidence.map(({ kind, text }) => (
          <li key={text}>
            <InlineStack gap="200" blockAlign="start" wrap={false}>
              <div>
                <Icon
                  source={ICON[kind]}
                  tone={kind === "caution" ? "caution" : "subdued"}
                  accessibilityLabel={t(`evidence.${kind}`)}
                />
              </div>
              <Text as="span">{text}</Text>
            </InlineStack>
          </li>
        ))}
      </BlockStack>
    </TitledCard>
  );
}
