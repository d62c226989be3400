import { json, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useFetcher, useLoaderData } from "@remix-run/react";
import { Banner, Card, DescriptionList } from "@shopify/polaris";
import { Page } from "#app/ui/Page.tsx";
import { useTranslation } from "#app/locales/use-translation.ts";
import { z } from "zod";
import { ActivityList } from "#app/ui/ActivityList.tsx";
import { ModelVersionTable } from "#app/pages/runs/ModelVersionTable.tsx";
import { useOutcomeToast } from "#app/ui/hooks/use-outcome-toast.ts";
import { parseOr400 } from "#app/web/http.server.ts";
import { openPageAction, openPageRequest } from "#app/web/page-request.server.ts";
import { changeModel } from "#app/services/behaviour/change-model.server.ts";
import { readModelsPage } from "#app/pages/runs/read-models-page.server.ts";

const ModelForm = z.discriminatedUnion("intent", [
  z.object({ intent: z.literal("use"), modelId: z.uuid() }),
  z.object({ intent: z.literal("release") }),
]);

export async function loader({ request }: LoaderFunctionArgs) {
  const { deps, shop, staffId, words } = await openPageRequest(request);
  return json({ page: await readModelsPage(deps, { shop, viewer: staffId, words }) });
}

/** Pins a model version, or returns to the newest one. */
export async function action({ request }: ActionFunctionArgs) {
  const { deps, shop, now, staffId, words, refusal } = await openPageAction(request, "decide");
  if (refusal !== null) return json({ ok: false, message: refusal }, { status: 403 });
  const command = parseOr400(ModelForm, Object.fromEntries(await request.formData()));
  const modelId = command.intent === "use" ? command.modelId : null;
  const outcome = await changeModel(deps, { shop, modelId, actor: staffId, now, words });
  return json(outcome, { status: outcome.ok ? 200 : 409 });
}

export const handle = { texts: ["models", "run"] };

/** Table columns with an explanation. */
const TERMS = ["score", "baseline", "backend"] as const;

export default function ModelsPage() {
  const { t } = useTranslation("models");
  const { chosen, versions, decisions } = useLoaderData<typeof loader>().page;
  const fetcher = useFetcher<typeof action>();
  useOutcomeToast(fetcher.data);
  return (
    <Page
      title={t("title")}
      subtitle={t("subtitle")}
      backAction={{ content: t("common:nav.experts"), url: "/app/runs" }}
    >
      {chosen ? (
        <Banner
          title={t("held", { version: chosen.version })}
          action={{
            content: t("release"),
            loading: fetcher.state !== "idle",
            onAction: () => fetcher.submit({ intent: "release" }, { method: "post" }),
          }}
        >
          {t("heldBy", { who: chosen.who, at: chosen.at })}
        </Banner>
      ) : null}
      <ModelVersionTable
        versions={versions}
        isBusy={fetcher.state !== "idle"}
        onUse={(modelId) => fetcher.submit({ intent: "use", modelId }, { method: "post" })}
      />
      <Card>
        <DescriptionList
          items={TERMS.map((term) => ({ term: t(`term.${term}`), description: t(`text.${term}`) }))}
        />
      </Card>
      {decisions.length > 0 ? (
        <ActivityList
          title={t("history")}
          entries={decisions.map(({ action: done, version, who, at }, index) => ({
            id: String(index),
            what: done === "use" ? t("didUse", { version }) : t("didRelease"),
            who,
            at,
          }))}
        />
      ) : null}
    </Page>
  );
}
