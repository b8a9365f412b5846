// Positions in the API count code points; JavaScript strings count UTF-16 units. This is the one place that converts.

const ASTRAL = /[\u{10000}-\u{10FFFF}]/gu;

/** A text that is addressed by code points. */
export class CodePoints {
  constructor(text) {
    this.text = text;
    // The unit position of each character outside the BMP: every one before a place moves it by one unit.
    this.astral = Array.from(text.matchAll(ASTRAL), (match) => match.index);
    this.length = text.length - this.astral.length;
  }

  /** The UTF-16 position of a code point position, held within the text. */
  unit(point) {
    const held = Math.min(Math.max(point, 0), this.length);
    let low = 0;
    let high = this.astral.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.astral[middle] - middle < held) low = middle + 1;
      else high = middle;
    }
    return held + low;
  }

  slice(start, end) {
    return this.text.slice(this.unit(start), this.unit(end));
  }
}

/** Number of code points, as the API counts a question. */
export const countPoints = (text) => Array.from(text).length;
