import { json, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useFetcher, useLoaderData } from "@remix-run/react";
import { BlockStack, Box, Card, DescriptionList } from "@shopify/polaris";
import { Page } from "#app/ui/Page.tsx";
import { useTranslation } from "#app/locales/use-translation.ts";
import { DataRequestCard, ExportCard } from "#app/pages/privacy/ExportCards.tsx";
import { EraseCard } from "#app/pages/privacy/EraseCard.tsx";
import { SettingsForm } from "#app/ui/settings/SettingsForm.tsx";
import { RETENTION_GROUPS } from "#app/domain/settings-fields.ts";
import { useOutcomeToast } from "#app/ui/hooks/use-outcome-toast.ts";
import { useRefresh } from "#app/ui/hooks/use-refresh.ts";
import { openPageAction, openPageRequest } from "#app/web/page-request.server.ts";
import { askToErase } from "#app/services/privacy/erase-history.server.ts";
import { readPrivacyPage } from "#app/pages/privacy/read-privacy-page.server.ts";
import { saveTypedSettings } from "#app/services/settings/save-settings.server.ts";

export async function loader({ request }: LoaderFunctionArgs) {
  const { deps, shop, words } = await openPageRequest(request);
  return json({ page: await readPrivacyPage(deps, { shop, words }) });
}

const ERASE = "erase";
const REFRESH_MS = 2_000;

/** Saves the retention period, or erases the history. */
export async function action({ request }: ActionFunctionArgs) {
  const { deps, shop, now, staffId, words, refusal } = await openPageAction(request, "decide");
  if (refusal !== null) return json({ ok: false, message: refusal, problems: [] }, { status: 403 });
  const typed = Object.fromEntries(await request.formData());
  if (typed["intent"] === ERASE) return eraseFor(request);
  const outcome = await saveTypedSettings(deps, { shop, typed, now, words, staffId });
  return json(outcome, { status: outcome.ok ? 200 : 422 });
}

async function eraseFor(request: Request) {
  const { deps, shop, now, staffId, words, refusal } = await openPageAction(request, "erase");
  if (refusal !== null) return json({ ok: false, message: refusal, problems: [] }, { status: 403 });
  const isNew = await askToErase(deps, { shop, askedBy: staffId, now });
  const message = words.t(isNew ? "server:erase.asked" : "server:erase.already");
  return json({ ok: true, message, problems: [] });
}

export const handle = { texts: ["privacy", "settings"] };

const FACTS = ["kept", "notKept", "leave", "erase"] as const;

export default function PrivacyPage() {
  const { t } = useTranslation("privacy");
  const { settings, requests, counts, erasure } = useLoaderData<typeof loader>().page;
  const eraser = useFetcher<typeof action>();
  useOutcomeToast(eraser.data);
  useRefresh(erasure?.isRunning ?? false, REFRESH_MS);
  return (
    <Page
      title={t("title")}
      subtitle={t("subtitle")}
      backAction={{ content: t("common:nav.settings"), url: "/app/settings" }}
    >
      <Box paddingInline={{ xs: "400", sm: "0" }}>
        <BlockStack gap="500">
          <Card>
            <DescriptionList
              items={FACTS.map((fact) => ({
                term: t(`fact.${fact}.title`),
                description: t(`fact.${fact}.text`),
              }))}
            />
          </Card>
          <SettingsForm name="privacy" groups={RETENTION_GROUPS} settings={settings} />
          <DataRequestCard requests={requests} />
          <ExportCard />
          <EraseCard
            counts={counts}
            erasure={erasure}
            isAsking={eraser.state !== "idle"}
            onErase={() => eraser.submit({ intent: ERASE }, { method: "post" })}
          />
        </BlockStack>
      </Box>
    </Page>
  );
}
