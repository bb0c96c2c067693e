import type { ComponentChildren } from "preact";

/** A word with the colour that a standard gives it; the word stands alone where colours are not seen. */
export function Swatch({ colour, children }: { colour: string; children: ComponentChildren }) {
  return (
    <span class="swatch">
      <svg viewBox="0 0 10 10" aria-hidden="true">
        <rect width="10" height="10" rx="2" fill={colour} />
      </svg>
      {children}
    </span>
  );
}
