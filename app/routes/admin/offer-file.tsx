import { json, type ActionFunctionArgs } from "@remix-run/node";
import { useFetcher } from "@remix-run/react";
import { Button, InlineStack, Text } from "@shopify/polaris";
import { Page } from "#app/ui/Page.tsx";
import { useTranslation } from "#app/locales/use-translation.ts";
import { z } from "zod";
import { ImportCard } from "#app/pages/offer-file/ImportCard.tsx";
import { importOffers, type OfferImport } from "#app/services/validate/import-offers.server.ts";
import { TitledCard } from "#app/ui/TitledCard.tsx";
import { useDownload } from "#app/ui/hooks/use-download.ts";
import { useOutcomeToast } from "#app/ui/hooks/use-outcome-toast.ts";
import { parseOr400 } from "#app/web/http.server.ts";
import { openPageAction } from "#app/web/page-request.server.ts";

const ImportCommand = z.object({ intent: z.enum(["preview", "keep"]), csv: z.string() });

/** Previews a file of offers, or saves them as drafts. Answers an invalid file with 422. */
export async function action({ request }: ActionFunctionArgs) {
  const { deps, shop, now, staffId, words, refusal, record } = await openPageAction(request, "decide");
  if (refusal !== null)
    return json(answer({ ok: false, message: refusal, offers: [], problems: [] }), { status: 403 });
  const { intent, csv } = parseOr400(ImportCommand, Object.fromEntries(await request.formData()));
  const keeps = intent === "keep";
  const read = await importOffers(deps, { shop, csv, keeps, decidedBy: staffId, now, words });
  const isKept = keeps && read.ok;
  if (isKept) await record({ action: "offers-import", detail: { bundles: read.offers.length } });
  return json(answer(read, isKept), { status: read.ok ? 200 : 422 });
}

function answer(read: OfferImport, isKept = false) {
  return { ...read, isKept };
}

export const handle = { texts: ["file", "offer"] };

export default function OfferFilePage() {
  const { t } = useTranslation("file");
  const sending = useFetcher<typeof action>();
  useOutcomeToast(sending.data?.isKept ? sending.data : undefined);
  const { isLoading, download } = useDownload("/app/offers/export", "offers.csv");
  return (
    <Page title={t("title")} backAction={{ content: t("common:nav.bundles"), url: "/app/suggestions" }}>
      <TitledCard title={t("export.title")}>
        <Text as="p">{t("export.text")}</Text>
        <InlineStack>
          <Button loading={isLoading} onClick={() => void download()}>
            {t("export.action")}
          </Button>
        </InlineStack>
      </TitledCard>
      <ImportCard
        read={sending.data ?? null}
        isBusy={sending.state !== "idle"}
        onSend={(csv, intent) => sending.submit({ csv, intent }, { method: "post" })}
      />
    </Page>
  );
}
