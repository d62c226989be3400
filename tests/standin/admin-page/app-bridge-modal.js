/*
 * The modal of the small App Bridge. As in Shopify's, the app's content is in a frame of its own: a document of the
 * app's origin with a copy of its style sheets, whose media queries use the modal's width. Shopify draws the rest
 * over the whole admin. Here it is drawn inside the app's frame, because a frame of the admin page would have the
 * admin's origin, and the app could not write into it.
 */
(() => {
  const style = document.createElement("style");
  style.textContent = `
    .app-bridge-modal { width: 620px; max-width: calc(100vw - 32px); max-height: calc(100dvh - 32px);
      padding: 0; border: 0; border-radius: 16px; background: #fff; color: #303030; font: 14px/1.4 Inter, system-ui, sans-serif }
    .app-bridge-modal[open] { display: flex; flex-direction: column }
    .app-bridge-modal::backdrop { background: rgb(0 0 0 / 60%) }
    .app-bridge-modal header, .app-bridge-modal footer { display: flex; flex-wrap: wrap; align-items: center; gap: 8px;
      padding: 12px 16px }
    .app-bridge-modal header { background: #f3f3f3 }
    .app-bridge-modal footer { justify-content: flex-end; border-top: 1px solid #e3e3e3 }
    .app-bridge-modal h2 { flex: 1; margin: 0; font-size: 14px; font-weight: 650 }
    .app-bridge-modal iframe { flex: 0 1 auto; min-height: 0; width: 100%; height: 0; border: 0 }
    .app-bridge-modal button { padding: 6px 12px; border: 1px solid #ccc; border-radius: 8px; background: #fff;
      color: #303030; font: inherit; cursor: pointer }
    .app-bridge-modal button.primary { border-color: #303030; background: #303030; color: #fff }
    .app-bridge-modal button.critical { border-color: #c70a24; background: #c70a24; color: #fff }
    .app-bridge-modal button:disabled { opacity: 0.5; cursor: default }
    .app-bridge-modal button:focus-visible { outline: 2px solid #005bd3; outline-offset: 1px }`;
  document.head.append(style);

  const LAYOUT =
    '<header><h2 id="app-bridge-modal-title"></h2><button type="button" aria-label="Close">✕</button></header>' +
    "<iframe></iframe><footer></footer>";

  class Modal extends HTMLElement {
    #content = document.createElement("div");
    #dialog = null;
    #titleBarWatch = new MutationObserver(() => this.#drawTitleBar());

    /** The app's content, open or not: the node itself moves into the frame and back. */
    get content() {
      return this.#content;
    }

    show() {
      if (this.#dialog || !this.isConnected) return Promise.resolve();
      const dialog = document.createElement("dialog");
      this.#dialog = dialog;
      dialog.className = "app-bridge-modal";
      dialog.setAttribute("aria-labelledby", "app-bridge-modal-title");
      dialog.innerHTML = LAYOUT;
      dialog.addEventListener("cancel", (event) => {
        event.preventDefault();
        this.hide();
      });
      dialog.addEventListener("click", (event) => {
        if (event.target === dialog || event.target.closest("header button")) this.hide();
      });
      // A browser can close a dialog on a second Escape without asking.
      dialog.addEventListener("close", () => this.hide());
      document.body.append(dialog);
      this.#fillFrame(dialog.querySelector("iframe"));
      this.#drawTitleBar();
      this.#titleBarWatch.observe(this, {
        attributes: true,
        characterData: true,
        childList: true,
        subtree: true,
      });
      dialog.showModal();
      this.dispatchEvent(new CustomEvent("show"));
      return Promise.resolve();
    }

    hide() {
      const dialog = this.#dialog;
      if (!dialog) return Promise.resolve();
      this.#dialog = null;
      this.#titleBarWatch.disconnect();
      // The content leaves the frame before the frame goes, and the focus returns before the dialog closes.
      this.#content.remove();
      document.adoptNode(this.#content);
      dialog.close();
      dialog.remove();
      this.dispatchEvent(new CustomEvent("hide"));
      return Promise.resolve();
    }

    toggle() {
      return this.#dialog ? this.hide() : this.show();
    }

    disconnectedCallback() {
      void this.hide();
    }

    #fillFrame(frame) {
      const inner = frame.contentDocument;
      inner.open();
      inner.write("<!doctype html><html><head></head><body></body></html>");
      inner.close();
      inner.documentElement.lang = document.documentElement.lang;
      for (const sheet of document.querySelectorAll('link[rel="stylesheet"], style')) {
        const copy = inner.importNode(sheet, true);
        if (sheet.href) copy.href = sheet.href;
        inner.head.append(copy);
      }
      inner.body.style.cssText = "margin: 0; background: transparent";
      inner.body.append(this.#content);
      // Keys pressed in a frame do not reach the dialog around it.
      inner.addEventListener("keydown", (event) => {
        if (event.key === "Escape") this.hide();
      });
      new frame.contentWindow.ResizeObserver(() => {
        frame.style.height = `${this.#content.offsetHeight}px`;
      }).observe(this.#content);
    }

    /** Buttons of the title bar in the order of the footer: the primary one is last. */
    #listActions() {
      const actions = [...this.querySelectorAll("ui-title-bar button")];
      const isPrimary = (button) => button.getAttribute("variant") === "primary";
      return [...actions.filter((button) => !isPrimary(button)), ...actions.filter(isPrimary)];
    }

    /** Changes the buttons in place, so a focused one keeps the focus. */
    #drawTitleBar() {
      const title = this.querySelector("ui-title-bar")?.getAttribute("title") ?? "";
      const footer = this.#dialog.querySelector("footer");
      this.#dialog.querySelector("h2").textContent = title;
      this.#dialog.querySelector("iframe").title = title;
      const actions = this.#listActions();
      footer.hidden = actions.length === 0;
      while (footer.children.length > actions.length) footer.lastChild.remove();
      actions.forEach((action, index) => {
        const button = footer.children[index] ?? footer.appendChild(this.#createButton(index));
        const isLoading = action.hasAttribute("loading");
        button.textContent = action.textContent.trim();
        button.disabled = action.disabled || isLoading;
        button.setAttribute("aria-busy", String(isLoading));
        button.className =
          action.getAttribute("tone") === "critical" ? "critical" : (action.getAttribute("variant") ?? "");
      });
    }

    #createButton(index) {
      const button = document.createElement("button");
      button.type = "button";
      button.addEventListener("click", () => this.#listActions()[index]?.click());
      return button;
    }
  }
  customElements.define("ui-modal", Modal);
})();
