/** State of a widget after a choice. */
export interface WidgetState {
  /** Variants that its button adds or a cart holds, with their units; a second time if bought by a selling plan. */
  readonly lines: readonly { readonly id: string; readonly units: number; readonly isPlan?: boolean }[];
  /** Whether it has an enabled button. */
  readonly canAdd: boolean;
  /** Price with the discount, hundredths. */
  readonly price: number;
  /** Current price of its units in the cart, hundredths. */
  readonly base: number;
  /** Heading; in a cart it shows the saving. */
  readonly title: string;
}

/**
 * Runs in a page with bundle-offer.js: draws each block and makes the random choices of `picks`.
 *
 * @param asked each block's HTML, the id of its offer, numbers for the choices, and Shopify's exchange rate
 * @returns per block the initial state and the state after each choice; empty if the offer is not drawn
 */
export async function driveWidget(
  asked: readonly { html: string; id: string; picks: readonly number[]; rate: string }[],
): Promise<WidgetState[][]> {
  const live = ":enabled:not(:is([type=radio], [type=checkbox]):not(:checked))";
  const holder = document.querySelector("main")!;
  const read = (box: HTMLElement): WidgetState => {
    const units = new Map<string, number>();
    for (const field of box.querySelectorAll<HTMLInputElement>(`[name$="[id]"]${live}`)) {
      const name = field.name.replace("[id]", "[quantity]");
      const quantity = box.querySelector<HTMLInputElement>(`[name="${name}"]${live}`)?.value ?? "1";
      units.set(field.value, (units.get(field.value) ?? 0) + Number(quantity));
    }
    const lines = [...units].map(([id, count]) => ({ id, units: count }));
    const button = box.querySelector("button[type=submit]");
    const canAdd = button !== null && button.ariaDisabled !== "true";
    const { price, base } = box.dataset;
    const title = box.querySelector("h3")!.textContent;
    return { lines, canAdd, price: Number(price), base: Number(base), title };
  };
  const choose = (box: HTMLElement, pick: number): void => {
    const fields = [
      ...box.querySelectorAll<HTMLInputElement | HTMLSelectElement>(
        'select:enabled, [type="radio"]:not(:checked), [type="checkbox"]:enabled',
      ),
    ];
    const field = fields[pick % fields.length];
    if (!field) return;
    if (field instanceof HTMLSelectElement) field.selectedIndex = (pick >> 4) % field.options.length;
    else field.checked = !field.checked;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const driven: WidgetState[][] = [];
  for (const { html, id, picks, rate } of asked) {
    (window as unknown as { Shopify: { currency: { rate: string } } }).Shopify.currency.rate = rate;
    holder.innerHTML = html;
    // The script also reads the rate for blocks that are drawn later, and hides those in the cart that save nothing.
    await Promise.resolve();
    const box = holder.querySelector<HTMLElement>(`[data-bundlesmith-offer="${id}"]`);
    const states: WidgetState[] = [];
    driven.push(states);
    if (!box || box.hidden) continue;
    if ("late" in box.dataset) throw new Error(`${id} stays hidden`);
    states.push(read(box));
    for (const pick of picks) {
      choose(box, pick);
      states.push(read(box));
    }
  }
  return driven;
}
