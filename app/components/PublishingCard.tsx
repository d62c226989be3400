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
  Modal,
  ProgressBar,
  Text,
} from "@shopify/polaris";
import { useEffect, useState } from "react";
import type { action, loader } from "#app/routes/app.publishing.ts";
import { useOutcomeToast } from "./use-outcome-toast.ts";

const URL_OF_CARD = "/app/publishing";
/** While everything is being taken out. */
const REFRESH_MS = 2_000;

type Publication = ReturnType<typeof useFetcher<typeof loader>>["data"];

/**
 * The switch of publishing as a whole: off takes everything of the app out of the shop and keeps it out. Beside it
 * what others changed in the shop, and what stands in for what is out of stock. Reads for itself, so that any page
 * may show it.
 */
export function PublishingCard() {
  const reader = useFetcher<typeof loader>();
  const writer = useFetcher<typeof action>();
  const [isAsking, setAsking] = useState(false);
  useOutcomeToast(writer.data);
  const publication = reader.data;
  const { load, state } = reader;
  const isRemoving = publication?.removal?.isDone === false;
  useEffect(() => {
    load(URL_OF_CARD);
  }, [load, writer.data]);
  useEffect(() => {
    if (!isRemoving || state !== "idle") return;
    const timer = setTimeout(() => load(URL_OF_CARD), REFRESH_MS);
    return () => clearTimeout(timer);
  }, [isRemoving, state, load]);

  const ask = (intent: string) => writer.submit({ intent }, { method: "post", action: URL_OF_CARD });
  const isBusy = writer.state !== "idle";
  return (
    <Layout>
      <Layout.AnnotatedSection
        title="Publishing"
        description="What of the app lies in your shop, and the switch for all of it."
      >
        <Card roundedAbove="xs">
          {publication ? (
            <BlockStack gap="400">
              {publication.problem ? (
                <Banner tone="warning" title="The last publishing did not succeed">
                  {publication.problem}
                </Banner>
              ) : null}
              {publication.isDiscountOff ? (
                <Banner
                  tone="warning"
                  title="The discount “Bundle offer” is switched off in Shopify"
                  action={{ content: "Switch it on", onAction: () => ask("switch-on"), loading: isBusy }}
                >
                  No offer is shown meanwhile, so that no shopper sees a price that the checkout does not
                  give.
                </Banner>
              ) : null}
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
          ) : (
            <Text as="p" tone="subdued">
              Reading…
            </Text>
          )}
        </Card>
      </Layout.AnnotatedSection>
      <Modal
        open={isAsking}
        onClose={() => setAsking(false)}
        title="Remove everything from the shop?"
        primaryAction={{
          content: "Remove everything",
          destructive: true,
          onAction: () => {
            setAsking(false);
            ask("switch-off");
          },
        }}
        secondaryActions={[{ content: "Cancel", onAction: () => setAsking(false) }]}
      >
        <Modal.Section>
          <Text as="p">
            All offers, the discount, the pixel and every field that the app wrote are deleted, and nothing is
            published until you switch it on again. Your decisions stay: switching on brings the approved
            bundles back.
          </Text>
        </Modal.Section>
      </Modal>
    </Layout>
  );
}

interface PartProps {
  readonly publication: NonNullable<Publication>;
  readonly isBusy: boolean;
}

function Switch({
  publication: { isOn, removal },
  isBusy,
  onSwitchOff,
  onSwitchOn,
}: PartProps & { readonly onSwitchOff: () => void; readonly onSwitchOn: () => void }) {
  if (isOn) {
    return (
      <BlockStack gap="300">
        <Text as="p">
          Publishing is on: approved bundles are offered, and what others change in Shopify is put right.
        </Text>
        <InlineStack>
          <Button tone="critical" loading={isBusy} onClick={onSwitchOff}>
            Remove everything from the shop
          </Button>
        </InlineStack>
      </BlockStack>
    );
  }
  return (
    <BlockStack gap="300">
      {removal && !removal.isDone ? (
        <>
          <Text as="p">Everything is being taken out of your shop.</Text>
          <ProgressBar progress={removal.percent} size="small" />
        </>
      ) : (
        <Text as="p">Publishing is off, and nothing of the app is left in your shop.</Text>
      )}
      <InlineStack>
        <Button loading={isBusy} onClick={onSwitchOn}>
          Switch publishing on
        </Button>
      </InlineStack>
    </BlockStack>
  );
}

function StandIns({
  publication: { allowsStandIns, standIns },
  isBusy,
  onChange,
}: PartProps & { readonly onChange: (isAllowed: boolean) => void }) {
  return (
    <BlockStack gap="200">
      <Checkbox
        label="Let the nearest available product stand in for one that is out of stock"
        helpText="Only of the same category, with stock, and within your margin. The bundle returns to what you approved as soon as it can."
        checked={allowsStandIns}
        disabled={isBusy}
        onChange={onChange}
      />
      {standIns.length > 0 ? (
        <List>
          {standIns.map(({ bundle, missing, standIn }) => (
            <List.Item key={`${bundle} ${missing}`}>
              In “{bundle}”, {standIn} stands in for {missing}.
            </List.Item>
          ))}
        </List>
      ) : null}
    </BlockStack>
  );
}

function Drift({ publication: { drift, timeZone } }: { readonly publication: NonNullable<Publication> }) {
  if (drift.length === 0) return null;
  const format = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short", timeZone });
  return (
    <BlockStack gap="200">
      <Text as="h3" variant="headingSm">
        Changed in Shopify by others
      </Text>
      <List>
        {drift.map(({ text, foundAt }) => (
          <List.Item key={text}>
            {text} ({format.format(new Date(foundAt))}).
          </List.Item>
        ))}
      </List>
    </BlockStack>
  );
}
