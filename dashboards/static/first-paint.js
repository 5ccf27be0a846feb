// Runs before anything is drawn, so that the page never flashes in the wrong theme, density or language.
(() => {
  const root = document.documentElement;
  const read = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const theme = read("andon.theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  if (read("andon.density") === "dense") root.dataset.density = "dense";
  const locale = read("andon.locale");
  if (locale) root.lang = locale;
})();
