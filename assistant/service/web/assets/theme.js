// Runs before anything is painted: whether the page stands in a widget's frame, and the theme that the reader chose.
// Without a choice the system's theme holds; in a frame that of the page around it.
(() => {
  const root = document.documentElement;
  if (location.pathname === "/widget") {
    root.dataset.framed = "";
    return;
  }
  try {
    const theme = localStorage.getItem("chapterverse.theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch {
    // Storage may be forbidden; then the system's theme holds.
  }
})();
