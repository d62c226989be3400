import { useFetcher } from "@remix-run/react";
import {
  Banner,
  BlockStack,
  Button,
  Card,
  Checkbox,
  InlineStack,
  Layout,
  List,
  Text,
} from "@shopify/polaris";
import { useState } from "react";
import { useTranslation } from "#app/locales/use-translation.ts";
import { AskModal } from "#app/ui/AskModal.tsx";
import { useOutcomeToast } from "#app/ui/hooks/use-outcome-toast.ts";
import { useRefresh } from "#app/ui/hooks/use-refresh.ts";
import { Progress } from "#app/ui/Progress.tsx";
import type { PublicationCard } from "./read-settings-page.server.ts";

/** Poll interval during a removal. */
const REFRESH_MS = 2_000;

/**
 * Turns publishing on or off as a whole: off removes everything of the app from the shop. Also shows drift in the shop,
 * and stand-ins for products out of stock.
 */
export function PublishingCard({ publication }: { readonly publication: PublicationCard }) {
  const { t } = useTranslation("publishing");
  const writer = useFetcher<{ readonly ok: boolean; readonly message: string }>();
  const [isAsking, setAsking] = useState(false);
  useOutcomeToast(writer.data);
  useRefresh(publication.removal?.isDone === false, REFRESH_MS);

  const ask = (intent: string) => writer.submit({ intent }, { method: "post" });
  const isBusy = writer.state !== "idle";
  return (
    <Layout>
      <Layout.AnnotatedSection title={t("title")} description={t("text")}>
        <Card roundedAbove="xs">
          <BlockStack gap="400">
            {publication.problem ? (
              <Banner tone="warning" title={t("failed")}>
                {publication.problem}
              </Banner>
            ) : null}
            {publication.isDiscountOff ? (
              <Banner
                tone="warning"
                title={t("discountOff.title")}
                action={{
                  content: t("discountOff.action"),
                  onAction: () => ask("switch-on"),
                  loading: isBusy,
                }}
              >
                {t("discountOff.text")}
              </Banner>
            ) : null}
            {publication.withheldBy === null ? null : (
              <Banner tone="warning" title={t("withheld.title")}>
                {t("withheld.text", { rollout: publication.withheldBy })}
              </Banner>
            )}
            <Switch
              publication={publication}
              isBusy={isBusy}
              onSwitchOff={() => setAsking(true)}
              onSwitchOn={() => ask("switch-on")}
            />
            <StandIns
              publication={publication}
              isBusy={isBusy}
              onChange={(isAllowed) => ask(isAllowed ? "allow-stand-ins" : "refuse-stand-ins")}
            />
            <Drift publication={publication} />
          </BlockStack>
        </Card>
      </Layout.AnnotatedSection>
      <AskModal
        isOpen={isAsking}
        title={t("ask.title")}
        action={{ label: t("ask.action"), isDestructive: true, onConfirm: () => ask("switch-off") }}
        onClose={() => setAsking(false)}
      >
        <Text as="p">{t("ask.text")}</Text>
      </AskModal>
    </Layout>
  );
}

interface PartProps {
  readonly publication: PublicationCard;
  readonly isBusy: boolean;
}

function Switch({
  publication: { isOn, removal },
  isBusy,
  onSwitchOff,
  onSwitchOn,
}: PartProps & { readonly onSwitchOff: () => void; readonly onSwitchOn: () => void }) {
  const { t } = useTranslation("publishing");
  const isRemoving = removal?.isDone === false;
  return (
    <BlockStack gap="300">
      <Text as="p">{t(isOn ? "on" : isRemoving ? "removing" : "off")}</Text>
      {isRemoving ? <Progress percent={removal.percent} /> : null}
      <InlineStack>
        {isOn ? (
          <Button tone="critical" loading={isBusy} onClick={onSwitchOff}>
            {t("remove")}
          </Button>
        ) : (
          <Button loading={isBusy} onClick={onSwitchOn}>
            {t("switchOn")}
          </Button>
        )}
      </InlineStack>
    </BlockStack>
  );
}

function StandIns({
  publication: { allowsStandIns, standIns },
  isBusy,
  onChange,
}: PartProps & { readonly onChange: (isAllowed: boolean) => void }) {
  const { t } = useTranslation("publishing");
  return (
    <BlockStack gap="200">
      <Checkbox
        label={t("standIns.label")}
        helpText={t("standIns.help")}
        checked={allowsStandIns}
        disabled={isBusy}
        onChange={onChange}
      />
      {standIns.length > 0 ? (
        <List>
          {standIns.map(({ bundle, missing, standIn }) => (
            <List.Item key={`${bundle} ${missing}`}>
              {t("standIns.row", { bundle, standIn, missing })}
            </List.Item>
          ))}
        </List>
      ) : null}
    </BlockStack>
  );
}

function Drift({ publication: { drift } }: { readonly publication: PublicationCard }) {
  const { t } = useTranslation("publishing");
  if (drift.length === 0) return null;
  return (
    <BlockStack gap="200">
      <Text as="h3" variant="headingSm">
        {t("drift.title")}
      </Text>
      <List>
        {drift.map(({ text, at }) => (
          <List.Item key={text}>{t("drift.row", { text, at })}</List.Item>
        ))}
      </List>
    </BlockStack>
  );
}
