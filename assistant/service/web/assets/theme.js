// Sets the theme that the reader chose before anything is painted; without a choice the system's theme holds.
(() => {
  try {
    const theme = localStorage.getItem("chapterverse.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be forbidden; then the system's theme holds.
  }
})();
