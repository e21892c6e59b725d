// Colours other than the system's: light or dark, as the settings say.

const dark = "(prefers-color-scheme: dark)";
/** The rules of the style sheets that hold for a dark system. */
let rules = null;

/**
 * Shows the page in a theme. The style sheets say what is dark once, for dark
 * systems; this makes these rules hold always, or never.
 * @param {string} name "light", "dark", or "" for the system's
 */
export function theme(name) {
  rules ??= [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).filter((rule) => rule.media?.mediaText === dark);
  for (const rule of rules) rule.media.mediaText = name === "dark" ? "all" : name === "light" ? "not all" : dark;
  document.documentElement.style.colorScheme = name;
  if (name) document.documentElement.dataset.theme = name;
  else delete document.documentElement.dataset.theme;
}

/** Shows the page in the theme that was kept, before the program runs. */
export function keptTheme() {
  try {
    const kept = JSON.parse(localStorage.getItem("satascope.settings"))?.theme;
    if (kept === "light" || kept === "dark") theme(kept);
  } catch {
    // Nothing can be kept here, or what is there is not ours: the system's, then.
  }
}
