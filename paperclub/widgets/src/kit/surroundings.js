// What surrounds a figure: the static book, JupyterLab, or a page of its own. Each says in its own
// way whether it is dark; all say with the same attribute that they are on a projector.

export const isLab = () => document.body.dataset.jpThemeLight !== undefined;

export function isDark() {
  const { theme } = document.documentElement.dataset;
  if (theme === "dark" || theme === "light") return theme === "dark";
  if (isLab()) return document.body.dataset.jpThemeLight === "false";
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

export const isPresented = () => document.documentElement.hasAttribute("data-present");

/**
 * Call `changed` whenever the theme, the projector or the reader's own preference changes.
 *
 * @param {() => void} changed
 */
export function watchSurroundings(changed) {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme", "data-present"] });
  observer.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  const preference = matchMedia("(prefers-color-scheme: dark)");
  preference.addEventListener("change", changed);
  return () => {
    observer.disconnect();
    preference.removeEventListener("change", changed);
  };
}
