import { Badge, Banner, BlockStack, Button, Card, InlineStack, Layout, Text } from "@shopify/polaris";
import { useTranslation } from "#app/locales/use-translation.ts";
import { useDraft, type SavingFetcher } from "#app/ui/hooks/use-draft.ts";
import { Subdued } from "#app/ui/Subdued.tsx";
import { CatalogueSelect } from "#app/ui/settings/CatalogueSelect.tsx";
import type { AutomationPage } from "./read-automation-page.server.ts";

interface AutopilotCardProps extends Pick<AutomationPage, "autopilot" | "names"> {
  readonly switching: SavingFetcher;
  readonly onSwitchOn: (collectionGids: readonly string[], isAnew: boolean) => void;
  readonly onSwitchOff: () => void;
}

/** Turns the autopilot on or off, and chooses its products. Its limits are in the settings. */
export function AutopilotCard(props: AutopilotCardProps) {
  const { autopilot, names, switching, onSwitchOn, onSwitchOff } = props;
  const { t } = useTranslation("automation");
  const { collectionGids } = autopilot;
  const { draft, isDirty, change, takeChanges } = useDraft("autopilot", { collectionGids }, switching);
  const isBusy = switching.state !== "idle";
  const switchOn = (isAnew: boolean) => {
    takeChanges();
    onSwitchOn(draft.collectionGids, isAnew);
  };
  return (
    <Layout>
      <Layout.AnnotatedSection title={t("autopilot.title")} description={t("autopilot.text")}>
        <Card roundedAbove="xs">
          <BlockStack gap="300">
            <InlineStack align="space-between" blockAlign="center" gap="200">
              <Badge tone={autopilot.isOn ? "success" : "info"}>
                {autopilot.isOn ? t("autopilot.on") : t("autopilot.off")}
              </Badge>
              {autopilot.onSince ? (
                <Text as="span" tone="subdued">
                  {t("autopilot.since", { at: autopilot.onSince })}
                </Text>
              ) : null}
            </InlineStack>
            {autopilot.isStopped ? <Banner tone="critical">{t("autopilot.stopped")}</Banner> : null}
            <Text as="p">{t("autopilot.limits")}</Text>
            <Text as="p">{t("autopilot.kinds")}</Text>
            <CatalogueSelect
              kind="collection"
              chosen={draft.collectionGids}
              names={names}
              onChange={(chosen) => change({ collectionGids: [...chosen] })}
            />
            <Subdued>{t("autopilot.collections")}</Subdued>
            {autopilot.isOn && isDirty ? <Banner tone="warning">{t("autopilot.unapplied")}</Banner> : null}
            <InlineStack gap="200">
              <Button loading={isBusy} onClick={() => switchOn(false)}>
                {autopilot.isOn ? t("autopilot.again") : t("autopilot.switchOn")}
              </Button>
              {autopilot.isOn ? (
                <>
                  <Button loading={isBusy} onClick={() => switchOn(true)}>
                    {t("autopilot.anew")}
                  </Button>
                  <Button tone="critical" loading={isBusy} onClick={onSwitchOff}>
                    {t("autopilot.switchOff")}
                  </Button>
                </>
              ) : null}
            </InlineStack>
            {autopilot.isOn ? <Subdued>{t("autopilot.anewText")}</Subdued> : null}
          </BlockStack>
        </Card>
      </Layout.AnnotatedSection>
    </Layout>
  );
}
