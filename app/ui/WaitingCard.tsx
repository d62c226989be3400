import { BlockStack, Card, Text } from "@shopify/polaris";
import { useTranslation } from "react-i18next";
import { FiguresTable } from "./FiguresTable.tsx";

interface Waiting {
  readonly answers: readonly { readonly effect: string; readonly wait: string; readonly chance: string }[];
  readonly shares: readonly { readonly share: string; readonly smallest: string }[];
  readonly reach: string | null;
}

/** How long the merchant would wait for an answer, and what another share of held-out visitors would change in that. */
export function WaitingCard({ waiting: { answers, shares, reach } }: { readonly waiting: Waiting }) {
  const { t } = useTranslation("waiting");
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("title")}
        </Text>
        {answers.length === 0 ? (
          <Text as="p" tone="subdued">
            {t("none")}
          </Text>
        ) : (
          <>
            <Text as="p" tone="subdued">
              {t("text")} {reach}
            </Text>
            <FiguresTable
              label={t("title")}
              columnContentTypes={["text", "text", "numeric"]}
              headings={[t("effect"), t("seenAfter"), t("chance")]}
              rows={answers.map(({ effect, wait, chance }) => [effect, wait, chance])}
            />
            <Text as="h3" variant="headingSm">
              {t("sharesTitle")}
            </Text>
            <FiguresTable
              label={t("sharesTitle")}
              columnContentTypes={["text", "text"]}
              headings={[t("share"), t("smallest")]}
              rows={shares.map(({ share, smallest }) => [share, smallest])}
            />
          </>
        )}
      </BlockStack>
    </Card>
  );
}
