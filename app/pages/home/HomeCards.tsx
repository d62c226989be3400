import { Button, InlineStack, Link, Text, BlockStack, List } from "@shopify/polaris";
import type { Translate } from "#app/locales/translate.ts";
import { useTranslation } from "#app/locales/use-translation.ts";
import { joinSentences } from "#app/locales/join-sentences.ts";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import { Subdued } from "#app/ui/Subdued.tsx";
import type { HomePage } from "./read-home-page.server.ts";
import type { Fault } from "#app/domain/shop-stage.ts";

interface DecideCardProps extends Pick<HomePage, "hasFoundNothing" | "counts" | "nextTry"> {
  /** The suggestions to decide, or why there are none. */
  readonly text: string;
  /** The newest run; null before the first. */
  readonly latest: HomePage["run"];
  readonly isStarting: boolean;
  readonly onStart: () => void;
}

/** Suggestions to decide, live offers, and a button to start a run. */
export function DecideCard(props: DecideCardProps) {
  const { text, hasFoundNothing, counts, latest, nextTry, isStarting, onStart } = props;
  const { t } = useTranslation("home");
  const { toDecide, live, paused } = counts;
  return (
    <TitledCard title={t("decide.title")}>
      <Text as="p">{text}</Text>
      <InlineStack gap="200">
        {toDecide > 0 ? (
          <Button variant="primary" url="/app/suggestions">
            {t("decide.now")}
          </Button>
        ) : null}
        {hasFoundNothing && latest ? (
          <Button url={`/app/runs/${latest.id}`}>{t("decide.found")}</Button>
        ) : null}
        {latest?.isActive ? null : (
          <Button onClick={onStart} loading={isStarting}>
            {t("learning.start")}
          </Button>
        )}
      </InlineStack>
      {live + paused > 0 ? (
        <Text as="p">
          <Link url="/app/suggestions?tab=approved">
            {[
              ...(live > 0 ? [t("decide.live", { count: live })] : []),
              ...(paused > 0 ? [t("decide.paused", { count: paused })] : []),
            ].join(t("common:listSeparator"))}
          </Link>
        </Text>
      ) : null}
      {latest && !latest.isActive ? (
        <Text as="p" tone={latest.status === "failed" ? "critical" : "subdued"}>
          {joinSentences([describe(latest, t), nextTry], t)}
        </Text>
      ) : null}
    </TitledCard>
  );
}

function describe({ status, at, problem }: NonNullable<DecideCardProps["latest"]>, t: Translate): string {
  if (status === "failed") return t("learning.failed", { at, problem: problem ?? t("learning.noReason") });
  return status === "cancelled" ? t("learning.cancelled", { at }) : t("learning.done", { at });
}

/** The revenue of the offers, in total and of the best ones. */
export function EarnedCard(earned: HomePage["earned"]) {
  const { text, more, mayBeUnseen, placeUrl, days, revenue, orders, bundles } = earned;
  const { t } = useTranslation("home");
  return (
    <TitledCard
      title={t("earned.title")}
      beside={
        <Button url="/app/results" variant="plain">
          {t("earned.results")}
        </Button>
      }
    >
      <Text as="p" variant="headingLg">
        {text}
      </Text>
      {more.length > 0 ? <Subdued>{joinSentences(more, t)}</Subdued> : null}
      {placeUrl ? (
        <InlineStack>
          <Button url={placeUrl} target="_top">
            {t("setup.block.action")}
          </Button>
        </InlineStack>
      ) : null}
      {mayBeUnseen ? <Link url="/app/help?ask=notShown">{t("earned.help")}</Link> : null}
      {orders > 0 ? <Text as="p">{t("earned.paid", { days, revenue, count: orders })}</Text> : null}
      {bundles.length > 0 ? (
        <BlockStack as="ol" gap="200">
          {bundles.map((bundle) => (
            <li key={bundle.id}>
              <InlineStack align="space-between" blockAlign="start" gap="400" wrap={false}>
                <BlockStack gap="050">
                  <Link url={`/app/suggestions/${bundle.id}`} removeUnderline>
                    {bundle.title}
                  </Link>
                  <Text as="span" tone="subdued" variant="bodySm">
                    {t("earned.note", { count: bundle.orders, seen: bundle.seen })}
                  </Text>
                </BlockStack>
                <Text as="span" fontWeight="semibold" numeric>
                  {bundle.revenue}
                </Text>
              </InlineStack>
            </li>
          ))}
        </BlockStack>
      ) : null}
    </TitledCard>
  );
}

/** The page for each fault that the merchant can act on. */
const ADDRESSES: Readonly<Partial<Record<Fault, string>>> = {
  publishingFailed: "/app/settings",
  discountOff: "/app/settings",
  offersHeld: "/app/suggestions?tab=approved&waits=held",
  comparisonBroken: "/app/results",
  messagesFailing: "/app/jobs",
};

/** The faults, each with a link to its page. */
export function WrongCard({ faults }: Pick<HomePage, "faults">) {
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
