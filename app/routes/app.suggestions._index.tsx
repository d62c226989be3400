import { json, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useFetcher, useLoaderData, useNavigation, useSearchParams } from "@remix-run/react";
import { Banner, BlockStack, Card, Page } from "@shopify/polaris";
import { useCallback, useMemo, useState } from "react";
import { z } from "zod";
import { useTranslation } from "react-i18next";
import { DecisionModal, type PendingDecision } from "#app/components/DecisionModal.tsx";
import { NoSuggestions } from "#app/components/NoSuggestions.tsx";
import { SuggestionFilters, toViewQuery, type SuggestionView } from "#app/components/SuggestionFilters.tsx";
import { SuggestionTable, type BulkDecision } from "#app/components/SuggestionTable.tsx";
import { useOutcomeToast, type Outcome } from "#app/components/use-outcome-toast.ts";
import { useRefresh } from "#app/components/use-refresh.ts";
import { deps } from "#app/deps.server.ts";
import { parseOr400 } from "#app/http.server.ts";
import { openPageAction, openPageRequest } from "#app/page-request.server.ts";
import { changeViews, ViewCommand } from "#app/services/change-views.server.ts";
import { decideBundles } from "#app/services/decide-bundles.server.ts";
import { readSuggestionsPage, SuggestionQuery } from "#app/services/read-suggestions-page.server.ts";

const REFRESH_MS = 5_000;
/** Filters that the address may leave out. */
const NULLABLE = ["kind", "collection", "confidence", "minProfit"];

const BulkCommand = z.object({
  decision: z.enum(["approve", "reject", "pause", "resume", "undo"]),
  ids: z.array(z.uuid()).min(1).max(100),
});

export async function loader({ request }: LoaderFunctionArgs) {
  const { shop, words } = await openPageRequest(request);
  const { searchParams } = new URL(request.url);
  const query = SuggestionQuery.parse({
    ...Object.fromEntries(searchParams),
    ...Object.fromEntries(NULLABLE.map((name) => [name, searchParams.get(name)])),
  });
  return json({ list: await readSuggestionsPage(deps(), { shop, query, words, now: new Date() }) });
}

/** Decides the marked bundles and says how many, or keeps and forgets views of the list. */
export async function action({ request }: ActionFunctionArgs) {
  const { shop, staffId, words, refusal } = await openPageAction(request, "decide");
  const nothing = { decision: null, ids: [] };
  if (refusal !== null) return json({ ok: false, message: refusal, ...nothing }, { status: 403 });
  const form = await request.formData();
  if (form.has("intent")) {
    const command = parseOr400(ViewCommand, Object.fromEntries(form));
    const changed = await changeViews(deps(), { shop, staffId, command, now: new Date(), words });
    return json({ ...changed, ...nothing }, { status: changed.ok ? 200 : 409 });
  }
  const { decision, ids } = parseOr400(BulkCommand, {
    decision: form.get("decision"),
    ids: form.getAll("id"),
  });
  const { decidedIds, refused, reasons } = await decideBundles(deps(), {
    shop,
    bundleIds: ids,
    decision,
    decidedBy: staffId,
    now: new Date(),
  });
  const done = words.t(`server:done.${decision}`, { count: decidedIds.length });
  const why = reasons.map((reason) => words.t(`server:undecided.${reason}`)).join(" ");
  const message = refused > 0 ? words.t("server:done.refused", { done, count: refused, reasons: why }) : done;
  return json({ ok: refused === 0, message, decision, ids: decidedIds });
}

export const handle = { texts: ["bundles"] };

const DECISIONS: Readonly<Record<string, readonly BulkDecision[]>> = {
  decide: ["approve", "reject"],
  approved: ["pause", "resume"],
  rejected: ["approve"],
  retired: [],
};

export default function SuggestionsPage() {
  const { t } = useTranslation("bundles");
  const { list } = useLoaderData<typeof loader>();
  const [, setParams] = useSearchParams();
  const navigation = useNavigation();
  const decide = useFetcher<typeof action>();
  const start = useFetcher<Outcome>();
  const viewing = useFetcher<typeof action>();
  const [pending, setPending] = useState<(PendingDecision & { onDecided: () => void }) | null>(null);
  useRefresh(list?.run?.isActive ?? true, REFRESH_MS);

  const submit = useCallback(
    (decision: string, ids: readonly string[]) => {
      const form = new FormData();
      form.set("decision", decision);
      for (const id of ids) form.append("id", id);
      decide.submit(form, { method: "post" });
    },
    [decide],
  );
  const last = decide.data;
  const undo = useMemo(
    () =>
      last?.decision && last.decision !== "undo" && last.ids.length > 0
        ? { label: t("undo"), onUndo: () => submit("undo", last.ids) }
        : undefined,
    [last, submit, t],
  );
  useOutcomeToast(last, undo);
  useOutcomeToast(start.data);
  useOutcomeToast(viewing.data);

  const change = useCallback(
    (changes: Partial<SuggestionView> & { page?: number }) => {
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          after.delete("page");
          for (const [name, value] of Object.entries(changes)) {
            if (value !== null && value !== "") after.set(name, String(value));
            else after.delete(name);
          }
          return after;
        },
        { preventScrollReset: true },
      );
    },
    [setParams],
  );

  if (!list) {
    return (
      <Page title={t("common:nav.bundles")}>
        <Banner>{t("common:installing")}</Banner>
      </Page>
    );
  }
  const { query } = list;
  return (
    <Page
      title={t("common:nav.bundles")}
      subtitle={t("subtitle")}
      fullWidth
      secondaryActions={list.run ? [{ content: t("lastRun"), url: `/app/runs/${list.run.id}` }] : []}
    >
      <BlockStack gap="300">
        <Card padding="0">
          <SuggestionFilters
            view={query}
            tabs={list.tabs}
            views={list.views}
            collections={list.collections}
            onOpenView={(saved) => setParams(new URLSearchParams(saved), { preventScrollReset: true })}
            onSaveView={(name) =>
              viewing.submit({ intent: "view-save", name, query: toViewQuery(query) }, { method: "post" })
            }
            onDeleteView={(id) => viewing.submit({ intent: "view-delete", id }, { method: "post" })}
            isLoading={navigation.state === "loading"}
            onChange={change}
          />
        </Card>
        {list.bundles.length === 0 ? (
          <NoSuggestions
            tab={query.tab}
            isFiltered={query.search !== "" || NULLABLE.some((name) => query[name as "kind"] !== null)}
            run={list.run}
            onStart={() => start.submit({ intent: "start" }, { method: "post", action: "/app/runs?index" })}
          />
        ) : (
          <SuggestionTable
            key={`${query.tab}-${query.page}`}
            rows={list.bundles}
            decisions={DECISIONS[query.tab] ?? []}
            onDecide={(decision, ids, onDecided) => setPending({ decision, ids, onDecided })}
            onDecideOne={(decision, id) => submit(decision, [id])}
            page={{
              hasPrevious: query.page > 1,
              hasNext: list.hasNext,
              onTurn: (by) => change({ page: query.page + by }),
            }}
          />
        )}
      </BlockStack>
      <DecisionModal
        pending={pending}
        onClose={() => setPending(null)}
        onConfirm={() => {
          if (pending) {
            submit(pending.decision, pending.ids);
            pending.onDecided();
          }
          setPending(null);
        }}
      />
    </Page>
  );
}
