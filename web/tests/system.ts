/** What the system likes, as a browser would say it: jsdom has no `matchMedia`. Tests change `dark` and the page hears of it. */

class Liking extends EventTarget {
  matches = false;
}

const dark = new Liking();
const other = new Liking();

window.matchMedia = (query) => (query === "(prefers-color-scheme: dark)" ? dark : other) as unknown as MediaQueryList;

export function systemLikes(matches: boolean): void {
  dark.matches = matches;
  dark.dispatchEvent(Object.assign(new Event("change"), { matches }));
}
