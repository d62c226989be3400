import { Banner, Button, InlineStack, List, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { joinSentences } from "#app/locales/join-sentences.ts";
import { Subdued } from "#app/ui/Subdued.tsx";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import { ChartFigure, LinesChart } from "#app/ui/charts.tsx";
import type { ResultsPage } from "./read-results-page.server.ts";

type AnswerCardProps = Pick<ResultsPage, "answer" | "track" | "currency"> & {
  readonly period: ResultsPage["period"];
};

const LINES = ["value", "low", "high"] as const;

/** The monthly value of the offers, or the time until it is known, and its history. */
export function AnswerCard({ answer: { kind, text, more }, period, track, currency }: AnswerCardProps) {
  const { t, i18n } = useTranslation("results");
  const money = new Intl.NumberFormat(i18n.language, {
    style: "currency",
    currency,
    maximumFractionDigits: 0,
  });
  return (
    <TitledCard title={t("answer.title")} gap="400">
      {kind === "broken" ? (
        <Banner tone="critical" title={text}>
          <List type="number">
            <List.Item>{t("broken.embed")}</List.Item>
            <List.Item>{t("broken.scripts")}</List.Item>
            <List.Item>{t("broken.start")}</List.Item>
          </List>
        </Banner>
      ) : (
        <Text as="p" variant="headingLg">
          {text}
        </Text>
      )}
      {more.length > 0 ? <Text as="p">{joinSentences(more, t)}</Text> : null}
      {kind === "open" ? (
        <InlineStack gap="400">
          <Button url="/app/settings" variant="plain">
            {t("answer.share")}
          </Button>
          <Button url="/app/help?ask=heldOut" variant="plain">
            {t("answer.help")}
          </Button>
        </InlineStack>
      ) : null}
      {track.length > 1 && kind !== "broken" ? (
        <ChartFigure
          label={t("track.title")}
          chart={
            <LinesChart
              series={LINES.map((line) => ({
                name: t(`track.${line}`),
                values: track.map((point) => point[line]),
                isBound: line !== "value",
              }))}
              labels={track.map(({ day }) => day)}
              formatValue={(value) => money.format(value)}
            />
          }
          headings={["day", "worth", "range"].map((column) => t(`column.${column}`))}
          rows={track.toReversed().map(({ day, range }) => [day, range.value, range.interval])}
        />
      ) : null}
      <Subdued>{period ? t("period.day", period) : t("period.ahead")}</Subdued>
    </TitledCard>
  );
}
