/** A view whose code is loaded when it is first opened. Where it cannot be, the view says so and the way on. */

import type { ComponentType } from "preact";
import { ApiError } from "../api/client";
import { useResource } from "../api/resource";
import { Loaded } from "./loaded";

let views = 0;

export function lazy(load: () => Promise<ComponentType>): ComponentType {
  const key = `code ${views++}`;
  let known: ComponentType | null = null;
  return function View() {
    const found = useResource(key, async () => {
      known ??= await load().catch((reason: unknown) => {
        throw new ApiError(0, "unreachable", String(reason));
      });
      return known;
    });
    if (known !== null) {
      const Known = known;
      return <Known />;
    }
    return <Loaded resource={{ ...found, reload: anew }}>{(Shown) => <Shown />}</Loaded>;
  };
}

/** Load the whole page again once the service answers: a new version of it has other files, so that asking for the same one may never help. */
function anew(): void {
  fetch("/", { cache: "no-store" }).then(
    ({ ok }) => {
      if (ok) window.location.reload();
    },
    () => undefined, // it does not answer yet: what is shown still says so
  );
}
