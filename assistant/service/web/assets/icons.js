// Line drawings in the colour of the text around them; they say nothing to a screen reader, whatever holds them does.

const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  thumb: "M7 10v11H3V10h4zm0 0 4-7.5c1.6 0 2.5 1 2.5 2.4V9h5.3c1.3 0 2.2 1.1 2 2.4l-1.2 7.2A2.8 2.8 0 0 1 16.8 21H7",
};

/** A drawing of 24 by 24 units, shown at the size of the text. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "drawing");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
