/** How much larger than on a desk everything is shown. */

/** The size of letters that charts and the map are drawn for, pixels. */
const LETTERS = 15;

/** On a wall letters are larger, and what is drawn on a canvas is so as well. */
export function enlarged(): number {
  return parseFloat(getComputedStyle(document.documentElement).fontSize) / LETTERS;
}
