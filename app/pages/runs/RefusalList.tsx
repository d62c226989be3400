import { List, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import type { RunPage } from "./read-run-page.server.ts";

/** What was looked at and not proposed: the app stays silent rather than guess, and says why. */
export function RefusalList({
  refused,
  total,
}: {
  readonly refused: RunPage["refused"];
  readonly total: number;
}) {
  const { t } = useTranslation("learning");
  if (total === 0) return null;
  return (
    <TitledCard
      title={t("refused.title")}
      note={
        total > refused.length
          ? t("refused.some", { count: total, shown: refused.length })
          : t("refused.all", { count: total })
      }
    >
      <List>
        {refused.map(({ components, reason }, index) => (
          <List.Item key={index}>
            <Text as="span" fontWeight="medium">
              {components.join(" + ")}
            </Text>
            {`: ${reason}`}
          </List.Item>
        ))}
      </List>
    </TitledCard>
  );
}
