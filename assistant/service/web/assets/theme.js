// Runs before anything is painted: whether the page stands in a widget's frame, and in which theme it is shown: in a
// frame that of the page around it, else the one that the reader chose, else the system's.
(() => {
  const root = document.documentElement;
  const framed = location.pathname === "/widget";
  if (framed) root.dataset.framed = "";
  const theme = framed ? new URLSearchParams(location.search).get("theme") : chosen();
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;

  function chosen() {
    try {
      return localStorage.getItem("chapterverse.theme");
    } catch {
      return null; // storage may be forbidden
    }
  }
})();
