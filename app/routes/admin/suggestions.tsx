import { json, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useFetcher, useLoaderData, useSearchParams } from "@remix-run/react";
import { Banner, BlockStack } from "@shopify/polaris";
import { Page } from "#app/ui/Page.tsx";
import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import { z } from "zod";
import { useTranslation } from "#app/locales/use-translation.ts";
import { joinSentences } from "#app/locales/join-sentences.ts";
import type { PendingDecision } from "#app/pages/suggestions/DecisionModal.tsx";
import {
  ConflictBanner,
  NoSuggestions,
  SuggestionList,
  type BulkDecision,
} from "#app/pages/suggestions/SuggestionList.tsx";
import { ConflictModal, type DecisionConflict } from "#app/ui/ConflictModal.tsx";
import {
  isFiltered,
  SuggestionFilters,
  toViewQuery,
  type ViewChanges,
} from "#app/pages/suggestions/SuggestionFilters.tsx";
import { answerListKey } from "#app/pages/suggestions/answer-list-key.ts";
import { useDecisions } from "#app/pages/suggestions/use-decisions.ts";
import { useSharedEdit } from "#app/pages/suggestions/use-shared-edit.ts";
import { useKeptPlace } from "#app/pages/suggestions/use-kept-place.ts";
import { Subdued } from "#app/ui/Subdued.tsx";
import { useOutcomeToast, type Outcome } from "#app/ui/hooks/use-outcome-toast.ts";
import { useRefresh } from "#app/ui/hooks/use-refresh.ts";
import { BUNDLE_STATUSES } from "#app/domain/bundle-status.ts";
import { DECISIONS } from "#app/domain/validate/decide.ts";
import { parseJson, parseOr400 } from "#app/web/http.server.ts";
import { openPageAction, openPageRequest } from "#app/web/page-request.server.ts";
import { changeViews, ViewCommand } from "#app/services/settings/change-views.server.ts";
import { decideBundles, TermsVersion } from "#app/services/validate/decide-bundle.server.ts";
import { tellDecided } from "#app/services/validate/tell-decided.server.ts";
import { editBundles, SharedTerms } from "#app/services/validate/edit-bundles.server.ts";
import { describeConflicts } from "#app/pages/describe-decision.server.ts";
import { readSuggestionsPage, SuggestionQuery } from "#app/pages/suggestions/read-suggestions-page.server.ts";

const REFRESH_MS = 5_000;

const Ids = z.array(z.uuid()).min(1).max(100);
const BulkEdit = z
  .object({
    ids: Ids,
    /** Newest history entry of each bundle on that page, in the order of `ids`, "" for none. Empty array: no check. */
    newest: z.array(z.union([z.uuid(), z.literal("")])),
    terms: z.string().transform(parseJson).pipe(SharedTerms),
  })
  .refine(({ ids, newest }) => newest.length === 0 || newest.length === ids.length);
const BulkCommand = z
  .object({
    decision: z.enum(DECISIONS),
    ids: Ids,
    /** Status and terms of each bundle on the page of the decision, in the order of `ids`. Empty array: no check. */
    seen: z.array(z.enum(BUNDLE_STATUSES)),
    seenTerms: z.array(TermsVersion),
  })
  .refine(({ ids, ...each }) =>
    [each.seen, each.seenTerms].every(({ length }) => length === 0 || length === ids.length),
  );

export async function loader({ request }: LoaderFunctionArgs) {
  const { deps, shop, now, words } = await openPageRequest(request);
  const { searchParams } = new URL(request.url);
  const query = SuggestionQuery.parse(Object.fromEntries(searchParams));
  return json({ list: await readSuggestionsPage(deps, { shop, query, words, now }) });
}

/** Decides or changes the marked bundles, or saves and deletes views of the list. */
export async function action({ request }: ActionFunctionArgs) {
  const { deps, shop, now, staffId, graphql, words, refusal } = await openPageAction(request, "decide");
  if (refusal !== null) return json({ ok: false, message: refusal, ...NOTHING }, { status: 403 });
  const form = await request.formData();
  if (form.get("intent") === "edit") {
    const {
      ids: bundleIds,
      newest,
      terms: typed,
    } = parseOr400(BulkEdit, {
      ids: form.getAll("id"),
      newest: form.getAll("newest"),
      terms: form.get("terms"),
    });
    const { conflicts: decided, ...edited } = await editBundles(deps, {
      shop,
      decidedBy: staffId,
      now,
      bundleIds,
      typed,
      seenNewest: new Map(newest.map((entry, at) => [bundleIds[at]!, entry])),
      words,
    });
    const about = { shop, viewer: staffId, decided, words, wished: "edits" as const };
    return json({ ...NOTHING, ...edited, conflicts: await describeConflicts(deps, about) });
  }
  if (form.has("intent")) {
    const command = parseOr400(ViewCommand, Object.fromEntries(form));
    const changed = await changeViews(deps, { shop, staffId, command, now, words });
    return json({ ...changed, ...NOTHING }, { status: changed.ok ? 200 : 409 });
  }
  const { decision, ids, seen, seenTerms } = parseOr400(BulkCommand, {
    decision: form.get("decision"),
    ids: form.getAll("id"),
    seen: form.getAll("seen"),
    seenTerms: form.getAll("seenTerms"),
  });
  const command = { shop, decision, now };
  const { decidedIds, refused, reasons, ...left } = await decideBundles(deps, {
    ...command,
    bundleIds: ids,
    seen: new Map(ids.map((id, at) => [id, { seenStatus: seen[at], seenTerms: seenTerms[at] }])),
    decidedBy: staffId,
  });
  const done = await tellDecided(deps, {
    ...command,
    bundleIds: decidedIds,
    wasAsked: ids.length > 1,
    graphql,
    words,
    done: words.t(`server:done.${decision}`, { count: decidedIds.length }),
  });
  const stated = reasons.map((reason) => words.t(`server:undecided.${reason}`));
  const why = joinSentences(stated, words.t);
  const message = refused > 0 ? words.t("server:done.refused", { done, count: refused, reasons: why }) : done;
  const decided = left.conflicts;
  const conflicts = await describeConflicts(deps, { shop, viewer: staffId, decided, words });
  const isOfOne = ids.length === 1;
  return json({ ok: refused === 0, message, decision, ids: decidedIds, isOfOne, conflicts });
}

const NOTHING = {
  decision: null,
  ids: [] as readonly string[],
  isOfOne: false,
  conflicts: [] as readonly DecisionConflict[],
} as const;

export const handle = { texts: ["bundles"] };

const DecisionModal = lazy(() => import("#app/pages/suggestions/DecisionModal.tsx"));
const SharedTermsModal = lazy(() => import("#app/pages/suggestions/SharedTermsModal.tsx"));

const EDITED_TABS: ReadonlySet<string> = new Set(["decide", "approved"]);
const DECISIONS_OF_TAB: Readonly<Record<string, readonly BulkDecision[]>> = {
  decide: ["approve", "reject"],
  approved: ["pause", "resume"],
  rejected: ["approve"],
  retired: ["approve"],
};

export default function SuggestionsPage() {
  const { t } = useTranslation("bundles");
  const { list } = useLoaderData<typeof loader>();
  const [, setParams] = useSearchParams();
  const decide = useFetcher<typeof action>();
  const start = useFetcher<Outcome>();
  const viewing = useFetcher<typeof action>();
  const share = useFetcher<typeof action>();
  const [isHelped, setHelped] = useState(false);
  const [pending, setPending] = useState<(PendingDecision & { onDecided: () => void }) | null>(null);
  useRefresh(list.run?.isActive ?? true, REFRESH_MS);

  const ids = useMemo(() => list.bundles.map(({ id }) => id), [list]);
  const isBusy = decide.state !== "idle" || share.state !== "idle";
  const { list: around, keepPlace } = useKeptPlace(ids);
  const { submit, undo, ...decided } = useDecisions(decide, keepPlace);
  const { editing, ...edit } = useSharedEdit(share, keepPlace);
  useOutcomeToast(start.data);
  useOutcomeToast(viewing.data);
  const change = useCallback(
    (changes: ViewChanges) => {
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

  const { query } = list;
  const decideRow = (decision: "approve" | "reject", id: string) => {
    const bundle = list.bundles.find((one) => one.id === id);
    // A key pressed again before the response is meant for the next row, which is not focused yet.
    if (bundle && !isBusy) submit(decision, [bundle]);
  };
  return (
    <Page
      title={t("common:nav.bundles")}
      subtitle={t("subtitle")}
      fullWidth
      primaryAction={{ content: t("create"), url: "/app/offers/new" }}
      secondaryActions={[
        { content: t("keys.title"), onAction: () => setHelped(!isHelped) },
        ...(list.run ? [{ content: t("lastRun"), url: `/app/runs/${list.run.id}` }] : []),
        { content: t("file"), url: "/app/offers/file" },
      ]}
    >
      <BlockStack gap="300">
        {list.planIsFull ? <Banner tone="warning">{list.planIsFull}</Banner> : null}
        <ConflictBanner wished="decision" bundles={decided.named} onDismiss={decided.settle} />
        <ConflictBanner wished="edit" bundles={edit.named} onDismiss={edit.settle} />
        <SuggestionFilters
          view={query}
          tabs={list.tabs}
          views={list.views}
          collections={list.collections}
          hasMoreCollections={list.hasMoreCollections}
          onOpenView={(saved) => setParams(new URLSearchParams(saved), { preventScrollReset: true })}
          onSaveView={(name) =>
            viewing.submit({ intent: "view-save", name, query: toViewQuery(query) }, { method: "post" })
          }
          onDeleteView={(id) => viewing.submit({ intent: "view-delete", id }, { method: "post" })}
          onChange={change}
        />
        <div role="status">{isHelped ? <Subdued>{t("keys.text")}</Subdued> : null}</div>
        <div
          ref={around}
          tabIndex={-1}
          aria-busy={isBusy}
          style={{ outline: "none" }}
          onKeyDown={(event) =>
            answerListKey(event, {
              decide: query.tab === "decide" ? decideRow : null,
              undo: isBusy ? null : (undo?.onUndo ?? null),
              help: () => setHelped(!isHelped),
            })
          }
        >
          {list.bundles.length === 0 ? (
            <NoSuggestions
              tab={query.tab}
              isFiltered={isFiltered(query)}
              run={list.run}
              onStart={() => start.submit({ intent: "start" }, { method: "post", action: "/app/runs?index" })}
            />
          ) : (
            <SuggestionList
              isByReadiness={query.tab === "decide" && query.sort === "profit"}
              key={`${query.tab}-${query.page}`}
              rows={list.bundles}
              decisions={DECISIONS_OF_TAB[query.tab] ?? []}
              onDecide={(decision, bundles, onDecided) => setPending({ decision, bundles, onDecided })}
              onEdit={
                EDITED_TABS.has(query.tab) ? (bundles, onSaved) => edit.open({ bundles, onSaved }) : null
              }
              isBusy={isBusy}
              onDecideOne={(decision, bundle) => submit(decision, [bundle])}
              page={{
                hasPrevious: query.page > 1,
                hasNext: list.hasNext,
                onTurn: (by) => change({ page: query.page + by }),
              }}
            />
          )}
        </div>
      </BlockStack>
      {pending ? (
        <Suspense fallback={null}>
          <DecisionModal
            pending={pending}
            onClose={() => setPending(null)}
            onConfirm={() => {
              submit(pending.decision, pending.bundles, pending.onDecided);
              setPending(null);
            }}
          />
        </Suspense>
      ) : null}
      {editing ? (
        <Suspense fallback={null}>
          <SharedTermsModal
            count={editing.bundles.length}
            refusal={edit.refusal}
            isSaving={edit.isSaving}
            isSaved={edit.isSaved}
            onClose={edit.close}
            onSave={edit.save}
          />
        </Suspense>
      ) : null}
      <ConflictModal asked={decided.asked} onClose={decided.settle} onInsist={decided.insist} />
    </Page>
  );
}
