import {
  ChoiceList,
  IndexFilters,
  IndexFiltersMode,
  Select,
  TextField,
  useSetIndexFiltersMode,
  type AppliedFilterInterface,
} from "@shopify/polaris";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { toKindName } from "#app/ui/bundle-words.ts";

export interface SuggestionView {
  readonly tab: string;
  readonly kind: string | null;
  readonly collection: string | null;
  readonly confidence: string | null;
  readonly minProfit: number | null;
  readonly sort: string;
  readonly search: string;
}

interface SuggestionFiltersProps {
  readonly view: SuggestionView;
  readonly tabs: readonly { readonly id: string; readonly count: number }[];
  /** Views that the staff keep by name, with the address of each. */
  readonly views: readonly { readonly id: string; readonly name: string; readonly query: string }[];
  readonly collections: readonly { readonly id: string; readonly title: string }[];
  readonly isLoading: boolean;
  readonly onOpenView: (query: string) => void;
  readonly onSaveView: (name: string) => void;
  readonly onDeleteView: (id: string) => void;
  readonly onChange: (changes: Partial<SuggestionView>) => void;
}

const TABS = ["decide", "approved", "rejected", "retired"];
const KINDS = ["complementary", "substitute", "seasonal", "merchant"];
const CONFIDENCES = ["profit", "tested"];
const NO_FILTER = { kind: null, collection: null, confidence: null, minProfit: null };
const SORTS = ["profit", "newest", "discount"] as const;
const SEARCH_DELAY_MS = 400;

/** Views, search, filter and order of the list. The address of the page holds them all, so it can be kept or shared. */
export function SuggestionFilters({
  view,
  tabs,
  views,
  collections,
  isLoading,
  onOpenView,
  onSaveView,
  onDeleteView,
  onChange,
}: SuggestionFiltersProps) {
  const { t } = useTranslation("bundles");
  const { mode, setMode } = useSetIndexFiltersMode(
    view.search || hasFilter(view) ? IndexFiltersMode.Filtering : undefined,
  );
  const [search, setSearch] = useState(view.search);
  const [minProfit, setMinProfit] = useState(view.minProfit === null ? "" : String(view.minProfit));
  useEffect(() => {
    if (search === view.search) return;
    const timer = setTimeout(() => onChange({ search }), SEARCH_DELAY_MS);
    return () => clearTimeout(timer);
  }, [search, view.search, onChange]);
  const clear = () => {
    setSearch("");
    setMinProfit("");
    onChange({ search: "", ...NO_FILTER });
  };
  useEffect(() => {
    const wanted = minProfit === "" ? null : Number(minProfit);
    if (wanted === view.minProfit || Number.isNaN(wanted)) return;
    const timer = setTimeout(() => onChange({ minProfit: wanted }), SEARCH_DELAY_MS);
    return () => clearTimeout(timer);
  }, [minProfit, view.minProfit, onChange]);
  const listApplied = (): AppliedFilterInterface[] => {
    const collection = collections.find(({ id }) => id === view.collection)?.title ?? t("collection");
    const labels = {
      kind: view.kind && toKindName(view.kind, t),
      collection: view.collection && collection,
      confidence: view.confidence && t(`confident.${view.confidence}`),
      minProfit: view.minProfit === null ? null : t("minProfitFrom", { amount: view.minProfit }),
    };
    return Object.entries(labels).flatMap(([key, label]) =>
      label ? [{ key, label, onRemove: () => remove(key) }] : [],
    );
  };
  const remove = (key: string) => {
    if (key === "minProfit") setMinProfit("");
    onChange({ [key]: null });
  };
  const removeView = (id: string) => {
    onDeleteView(id);
    return Promise.resolve(true);
  };
  const keepView = (name: string) => {
    onSaveView(name);
    return Promise.resolve(true);
  };
  const address = toViewQuery(view);
  const savedIndex = views.findIndex(({ query }) => query === address);
  const tabIndex = tabs.findIndex(({ id }) => id === view.tab);
  return (
    <IndexFilters
      tabs={[
        ...tabs.map(({ id, count }) => ({
          id,
          content: `${TABS.includes(id) ? t(`tab.${id}`) : id} (${count})`,
          isLocked: true,
        })),
        ...views.map(({ id, name }) => ({
          id,
          content: name,
          actions: [{ type: "delete" as const, onPrimaryAction: () => removeView(id) }],
        })),
      ]}
      selected={savedIndex >= 0 ? tabs.length + savedIndex : Math.max(0, tabIndex)}
      onSelect={(index) => {
        const saved = views[index - tabs.length];
        if (saved) onOpenView(saved.query);
        else onChange({ tab: tabs[index]?.id ?? "decide" });
      }}
      canCreateNewView
      onCreateNewView={keepView}
      primaryAction={{ type: "save-as", onAction: keepView }}
      queryValue={search}
      queryPlaceholder={t("search")}
      onQueryChange={setSearch}
      onQueryClear={() => setSearch("")}
      sortOptions={SORTS.map((sort) => ({
        label: t(`sort.${sort}`),
        value: `${sort} desc` as const,
        directionLabel: sort === "newest" ? t("sort.newestFirst") : t("sort.highestFirst"),
      }))}
      sortSelected={[`${view.sort} desc`]}
      onSort={([chosen]) => onChange({ sort: chosen?.split(" ")[0] ?? "profit" })}
      filters={[
        {
          key: "kind",
          label: t("kind"),
          shortcut: true,
          filter: (
            <ChoiceList
              title={t("kind")}
              titleHidden
              choices={KINDS.map((kind) => ({ label: toKindName(kind, t), value: kind }))}
              selected={view.kind ? [view.kind] : []}
              onChange={([kind]) => onChange({ kind: kind ?? null })}
            />
          ),
        },
        {
          key: "collection",
          label: t("collection"),
          shortcut: true,
          filter: (
            <Select
              label={t("collection")}
              labelHidden
              options={[
                { label: t("anyCollection"), value: "" },
                ...collections.map(({ id, title }) => ({ label: title, value: id })),
              ]}
              value={view.collection ?? ""}
              onChange={(chosen) => onChange({ collection: chosen || null })}
            />
          ),
        },
        {
          key: "confidence",
          label: t("confidence"),
          shortcut: true,
          filter: (
            <ChoiceList
              title={t("confidence")}
              titleHidden
              choices={CONFIDENCES.map((value) => ({ label: t(`confident.${value}`), value }))}
              selected={view.confidence ? [view.confidence] : []}
              onChange={([confidence]) => onChange({ confidence: confidence ?? null })}
            />
          ),
        },
        {
          key: "minProfit",
          label: t("minProfit"),
          shortcut: true,
          filter: (
            <TextField
              label={t("minProfitLabel")}
              type="number"
              min={0}
              value={minProfit}
              onChange={setMinProfit}
              autoComplete="off"
            />
          ),
        },
      ]}
      appliedFilters={listApplied()}
      onClearAll={clear}
      cancelAction={{ onAction: clear }}
      mode={mode}
      setMode={setMode}
      loading={isLoading}
    />
  );
}

function hasFilter({ kind, collection, confidence, minProfit }: SuggestionView): boolean {
  return [kind, collection, confidence, minProfit].some((value) => value !== null);
}

/** A view as it stands in the address, without what is as always. */
export function toViewQuery(view: SuggestionView): string {
  const query = new URLSearchParams();
  for (const name of ["tab", "kind", "collection", "confidence", "minProfit", "sort", "search"] as const) {
    const value = view[name];
    if (value !== null && value !== "") query.set(name, String(value));
  }
  return query.toString();
}
